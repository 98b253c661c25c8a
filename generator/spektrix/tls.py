"""The TLS side of a pull: the client certificate, where the venue still has one, and whom to trust."""

import ssl
import tempfile
from collections.abc import Callable
from pathlib import Path

import certifi

from generator.environment import Credentials
from generator.errors import Fault, SourceError

STANDS = "What was published before stands."
CHECK_CERTIFICATE = f"Run `sitegen cert check`; it says what to do. {STANDS}"


def tls_context(credentials: Credentials) -> ssl.SSLContext:
    """How to connect: certificates are verified, and ours is shown where there is one. Raises SourceError.

    Threads may share it. urllib3 names the protocols to a context again before each connection; OpenSSL replaces them
    in place, and a handshake that begins meanwhile in another thread is garbled. So they are set here, for good.
    """
    context = ssl.create_default_context(cafile=certifi.where())
    context.set_alpn_protocols(["http/1.1"])
    context.set_alpn_protocols = lambda alpn_protocols: None  # type: ignore[method-assign]
    if not credentials.certificate:
        return context
    wrong: str | None = None
    try:
        _with_files(credentials, lambda crt, key: context.load_cert_chain(crt, key, credentials.password))
    except ssl.SSLError as error:
        wrong = str(error.reason or "it cannot be read").replace("_", " ").lower()
    except OSError as error:
        wrong = f"a temporary file cannot be written: {error.strerror}"
    except ValueError:  # OpenSSL takes passwords up to a length
        wrong = "SPEKTRIX_KEY_PASSWORD is too long"
    if wrong:
        what = f"the client certificate cannot be used ({wrong})"
        raise SourceError(Fault(what, "SPEKTRIX_CERT, SPEKTRIX_KEY", CHECK_CERTIFICATE))
    return context


def _with_files(credentials: Credentials, load: Callable[[Path, Path], None]) -> None:
    """Let `load` read certificate and key from files, as OpenSSL wants: in a private folder, gone when it is done."""
    with tempfile.TemporaryDirectory(prefix="sitegen-") as folder:
        certificate, key = Path(folder, "client.crt"), Path(folder, "client.key")
        for path, text in ((certificate, credentials.certificate), (key, credentials.private_key)):
            path.touch(mode=0o600)
            path.write_text(text, encoding="utf-8")
        load(certificate, key)
