namespace Braid.Items;

/// <summary>The median of values that come one after another, in five numbers and constant time. Not thread-safe.</summary>
/// <remarks>
/// The P² algorithm: Jain and Chlamtac, "The P² algorithm for dynamic calculation of quantiles and histograms without storing observations",
/// Communications of the ACM 28 (10), 1985. Five markers hold the minimum, the quartiles and the maximum; each value moves them by at most one
/// place, along a parabola through their neighbours. Exact up to five values, an estimate afterwards.
/// </remarks>
internal sealed class StreamingMedian
{
    private const int Markers = 5;
    private const int Middle = 2;

    private readonly double[] _heights = new double[Markers];

    // Where each marker stands among the values, and where it should.
    private readonly double[] _places = [1, 2, 3, 4, 5];

    internal long Count { get; private set; }

    /// <summary>The median so far; 0 before the first value.</summary>
    internal double Value => Count >= Markers ? _heights[Middle] : Count == 0 ? 0 : _heights[(int)(Count - 1) / 2];

    internal void Add(double value)
    {
        if (Count < Markers)
        {
            _heights[Count++] = value;
            Array.Sort(_heights, 0, (int)Count);
            return;
        }

        Count++;
        int cell = Place(value);
        for (int i = cell + 1; i < Markers; i++) _places[i]++;
        for (int i = 1; i < Markers - 1; i++) Move(i);
    }

    /// <summary>The marker below the value; the outer ones are moved out to it.</summary>
    private int Place(double value)
    {
        if (value < _heights[0]) _heights[0] = value;
        if (value >= _heights[Markers - 1])
        {
            _heights[Markers - 1] = value;
            return Markers - 2;
        }

        int cell = 0;
        while (cell < Markers - 2 && value >= _heights[cell + 1]) cell++;
        return cell;
    }

    private void Move(int i)
    {
        double wanted = 1 + ((Count - 1) * i / (double)(Markers - 1));
        double distance = wanted - _places[i];
        if (!(distance >= 1 && _places[i + 1] - _places[i] > 1) && !(distance <= -1 && _places[i - 1] - _places[i] < -1)) return;
        int step = Math.Sign(distance);
        double height = Parabola(i, step);
        if (height <= _heights[i - 1] || height >= _heights[i + 1])
            height = _heights[i] + (step * (_heights[i + step] - _heights[i]) / (_places[i + step] - _places[i]));
        _heights[i] = height;
        _places[i] += step;
    }

    private double Parabola(int i, int step)
    {
        double below = _places[i] - _places[i - 1];
        double above = _places[i + 1] - _places[i];
        return _heights[i] + (step / (below + above)
            * (((below + step) * (_heights[i + 1] - _heights[i]) / above) + ((above - step) * (_heights[i] - _heights[i - 1]) / below)));
    }
}
