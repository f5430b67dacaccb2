using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Braid.Tests.Support;

/// <summary>Certificates that a server of a test shows.</summary>
internal static class TestCertificate
{
    /// <summary>Signed by itself, with its key.</summary>
    internal static X509Certificate2 Create(string name = "localhost")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null); // Windows cannot use the key as it is
    }
}
