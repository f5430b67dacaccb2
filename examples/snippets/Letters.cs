public static class Letters
{
    public static int Vowels(Page page) => page.Text.Count("aeiou".Contains) * page.Copies;
}

public record Page(string Text, int Copies);
