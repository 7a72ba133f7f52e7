"""What is carried onto the machine: the unit of systemd, and nginx in front, started with the file given."""

from __future__ import annotations

import contextlib
import getpass
import grp
import json
import os
import platform
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from gridmap.access import accounts
from gridmap.store import open_store

ROOT = Path(__file__).resolve().parent.parent
NAME = "gridmap.example.gov.cn"
OWN = f"https://{NAME}"
PASSWORD = "four plain words here"
#: What somebody outside may write about themselves.
FORGED = {
    "X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": "http", "X-Forwarded-Host": "localhost",
    "X-Real-IP": "127.0.0.1", "Forwarded": "for=127.0.0.1", "X-Remote-User": "boss",
    "X-Request-ID": "chosen-outside", "X-Gridmap-Session": "stolen",
}  # fmt: skip

Nginx = Callable[[int], "Front"]


class Front:
    """Hold where nginx listens, and whom to believe."""

    def __init__(self, port: int, plain_port: int, certificate: Path) -> None:
        self.port, self.plain_port = port, plain_port
        self.tls = ssl.create_default_context(cafile=str(certificate))

    def ask(self, method: str, path: str, *, host: str = NAME, cookie: str = "",
            headers: dict[str, str] | None = None,
            data: dict[str, str] | None = None) -> httpx2.Response:  # fmt: skip
        """Ask over TLS, under a name that no name server knows."""
        sent = {"Host": host, **({"Cookie": cookie} if cookie else {}), **(headers or {})}
        with httpx2.Client(verify=self.tls, timeout=60) as browser:
            return browser.request(method, f"https://127.0.0.1:{self.port}{path}", headers=sent, data=data,
                                   extensions={"sni_hostname": host})  # fmt: skip

    def socket(self, *, cookie: str, origin: str = OWN) -> int:
        """Open the WebSocket of the pages; return the status of the answer."""
        with socket.create_connection(("127.0.0.1", self.port)) as raw:
            try:
                with connect(f"wss://{NAME}/_stcore/stream", sock=raw, ssl=self.tls, server_hostname=NAME,
                             origin=origin, subprotocols=["streamlit"], open_timeout=60,
                             additional_headers={"Cookie": cookie}, proxy=None) as opened:  # fmt: skip
                    return int(opened.response.status_code)
            except InvalidStatus as refused:
                return int(refused.response.status_code)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def self_signed(folder: Path) -> tuple[Path, Path]:
    """Write a certificate that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)]), datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    public, private = folder / "fullchain.pem", folder / "privkey.pem"
    public.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                          serialization.NoEncryption()))  # fmt: skip
    return public, private


def program(name: str, way: str) -> str:
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if found is None:
        pytest.fail(f"There is no {name}. Install it with: {way}")
    return found


def replaced(text: str, changes: dict[str, str]) -> str:
    """Return a text with parts replaced, each of which must be there."""
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


def own_user() -> str:
    """Let the workers of an nginx that root started read the folders of the tests."""
    group = grp.getgrgid(os.getgid()).gr_name
    return f"user {getpass.getuser()} {group};" if os.getuid() == 0 else ""


def configuration(folder: Path, *, upstream: int, tls: int, plain: int) -> Path:
    """Write the documented configuration with other ports and files, inside what Debian puts around it."""
    public, private = self_signed(folder)
    site = replaced((ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8"), {
        "127.0.0.1:8501": f"127.0.0.1:{upstream}", "listen 443": f"listen 127.0.0.1:{tls}",
        "listen 80": f"listen 127.0.0.1:{plain}", "/etc/ssl/gridmap/fullchain.pem": str(public),
        "/etc/ssl/gridmap/privkey.pem": str(private),
        "/var/log/nginx/gridmap.log": str(folder / "access.log"),
    })  # fmt: skip
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    file = folder / "nginx.conf"
    file.write_text(f"{own_user()} daemon off; pid {folder}/pid; error_log {folder}/error.log;"
                    f"events {{}} http {{ {temporary} {site} }}", encoding="utf-8")  # fmt: skip
    return file


def wait_for(port: int, process: subprocess.Popen[bytes], seconds: float = 90) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        assert process.poll() is None, "it stopped while starting"
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    pytest.fail(f"Nothing listens on port {port} after {seconds} seconds.")


@pytest.fixture(scope="module")
def nginx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    """Start nginx before a port; all of them are stopped at the end."""
    command = program("nginx", "make nginx")
    with contextlib.ExitStack() as running:

        def before(upstream: int) -> Front:
            folder, tls, plain = tmp_path_factory.mktemp("nginx"), free_port(), free_port()
            file = configuration(folder, upstream=upstream, tls=tls, plain=plain)
            process = running.enter_context(subprocess.Popen(
                [command, "-e", str(folder / "error.log"), "-p", str(folder), "-c", str(file)]))  # fmt: skip
            running.callback(process.terminate)
            wait_for(tls, process)
            return Front(tls, plain, folder / "fullchain.pem")

        yield before


@pytest.fixture(scope="module")
def echo(nginx: Nginx) -> Iterator[Front]:
    """Give nginx before a server that answers with the headers it was sent."""

    class Echo(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            told = {name.lower(): value for name, value in self.headers.items()}
            self.wfile.write(json.dumps(told).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield nginx(server.server_port)
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the file that the server writes its log into."""
    return tmp_path_factory.mktemp("log") / "stderr"


@pytest.fixture(scope="module")
def site(nginx: Nginx, log: Path, another_city: Callable[[], Path]) -> Iterator[Front]:
    """Give nginx before gridmap, with one account."""
    store, port = another_city(), free_port()
    with contextlib.closing(open_store(store)) as database:
        accounts.add(database, "boss", password=PASSWORD, by="test")
        accounts.grant(database, "boss", "administrator", region=None, by="test")
    # Where tests run in the background Ctrl-C is ignored, and so it would be by what they start.
    code = ("import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
            "from gridmap.cli import main; main()")  # fmt: skip
    env = {**os.environ, "GRIDMAP_SIGN_IN": "accounts", "GRIDMAP_TRUSTED_PROXIES": "127.0.0.1"}
    with log.open("wb") as written, subprocess.Popen(
        [sys.executable, "-c", code, "serve", "--store", str(store), "--port", str(port)],
        cwd=ROOT, env=env, stderr=written,
    ) as server:  # fmt: skip
        try:
            wait_for(port, server)
            yield nginx(port)
        finally:
            server.send_signal(signal.SIGINT)
            ended = server.wait(30)
    assert (ended, "Traceback" in log.read_text(encoding="utf-8")) == (1, False)


@pytest.fixture(scope="module")
def cookie(site: Front) -> str:
    """Sign in through nginx; give the cookie."""
    answer = site.ask("POST", "/signin", data={"user": "boss", "password": PASSWORD}, headers={"Origin": OWN})
    assert answer.status_code == 303, answer.text
    given = answer.headers["set-cookie"]
    assert {"Secure", "HttpOnly"} <= {part.strip() for part in given.split(";")}
    return given.split(";")[0]


# ---- systemd ----------------------------------------------------------------------------------------


def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    """The program and its user are not on this machine; everything else is as it is given."""
    text = (ROOT / "deploy" / "gridmap.service").read_text(encoding="utf-8")
    for promise in ("ProtectSystem=strict", "NoNewPrivileges=yes", "ReadWritePaths=", "User=gridmap"):
        assert promise in text
    if (analyze := shutil.which("systemd-analyze")) is None:
        return  # the promises above are what can be said without systemd
    unit = tmp_path / "gridmap.service"
    unit.write_text(
        replaced(text, {"/opt/gridmap/bin/gridmap": "/bin/true", "=gridmap\n": "=daemon\n"}), encoding="utf-8"
    )
    told = subprocess.run([analyze, "verify", str(unit)], capture_output=True, text=True, check=False)
    assert (told.returncode, [line for line in told.stderr.splitlines() if str(unit) in line]) == (0, [])


# ---- nginx ------------------------------------------------------------------------------------------


def test_what_a_client_says_of_itself_does_not_pass(echo: Front) -> None:
    passed = echo.ask("GET", "/", headers=FORGED).json()
    assert passed["x-forwarded-for"] == "127.0.0.1"  # where this test is, and only once
    assert passed["x-forwarded-proto"] == "https"
    assert passed["x-request-id"] != FORGED["X-Request-ID"]
    assert {"x-remote-user", "x-real-ip", "forwarded", "x-forwarded-host"} & set(passed) == set()
    assert passed["host"] == NAME


def test_an_address_that_a_client_claims_is_replaced_and_not_added_to(echo: Front) -> None:
    passed = echo.ask("GET", "/", headers={"X-Forwarded-For": "10.0.0.1, 10.0.0.2"}).json()
    assert passed["x-forwarded-for"] == "127.0.0.1"


def test_another_name_is_not_answered(echo: Front) -> None:
    with pytest.raises(httpx2.TransportError):
        echo.ask("GET", "/", host="localhost")
    with pytest.raises(httpx2.TransportError):
        httpx2.get(f"http://127.0.0.1:{echo.plain_port}/", headers={"Host": "localhost"})


def test_without_tls_one_is_sent_to_tls(echo: Front) -> None:
    answer = httpx2.get(f"http://127.0.0.1:{echo.plain_port}/mine?at=1", headers={"Host": NAME})
    assert (answer.status_code, answer.headers["location"]) == (301, f"{OWN}/mine?at=1")


def test_pages_come_with_their_headers(site: Front, cookie: str) -> None:
    stranger = site.ask("GET", "/", headers=FORGED)
    assert (stranger.status_code, stranger.headers["location"]) == (303, "/signin?next=%2F")
    page = site.ask("GET", "/", cookie=cookie)
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["strict-transport-security"].startswith("max-age=")
    assert page.headers["x-frame-options"] == "DENY"
    assert page.headers["server"] == "nginx"
    assert len(page.headers["x-request-id"]) == 32


def test_the_socket_of_the_pages_opens_for_those_who_have_signed_in(site: Front, cookie: str) -> None:
    assert site.socket(cookie=cookie) == 101
    assert site.socket(cookie="gridmap_session=made-up") == 403
    assert site.socket(cookie=cookie, origin="https://evil.example") == 403


def test_figures_of_the_server_are_not_to_be_had_through_nginx(site: Front, cookie: str) -> None:
    assert site.ask("GET", "/metrics", cookie=cookie).status_code == 404
    assert site.ask("GET", "/%6detrics", headers=FORGED).status_code == 404
    assert site.ask("GET", "//metrics", headers=FORGED).status_code in (303, 401, 404)


def test_both_logs_call_a_request_the_same_and_hold_no_queries(site: Front, cookie: str, log: Path) -> None:
    answer = site.ask("GET", "/api/measures?searched=13800001234", cookie=cookie)

    def logged() -> list[dict[str, object]]:
        lines = [json.loads(line) for line in log.read_text("utf-8").splitlines() if line.startswith("{")]
        return [line for line in lines if line.get("request") == answer.headers["x-request-id"]]

    until = time.monotonic() + 10  # the line follows the answer
    while not logged() and time.monotonic() < until:
        time.sleep(0.05)
    (line,) = logged()
    written = log.read_text(encoding="utf-8")
    assert (line["account"], line["route"], line["status"]) == ("boss", "api", 200)
    assert "13800001234" not in written


# ---- the bundle -------------------------------------------------------------------------------------


def bundle_of(folder: Path, *, python: str) -> Path:
    """Write a bundle that holds no wheels, with the sums of its files."""
    shutil.copy(ROOT / "deploy" / "install.sh", folder)
    (folder / "PYTHON").write_text(f"{python}\n", encoding="utf-8")
    sums = subprocess.run(["sha256sum", "install.sh", "PYTHON"], cwd=folder, capture_output=True, check=True)
    (folder / "SHA256SUMS").write_bytes(sums.stdout)
    return folder


def installed(folder: Path) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], "PYTHON": sys.executable}
    command = ["sh", str(folder / "install.sh"), str(folder / "venv")]
    return subprocess.run(command, capture_output=True, text=True, env=env, check=False)


def test_a_bundle_for_another_python_is_refused_in_words(tmp_path: Path) -> None:
    refused = installed(bundle_of(tmp_path, python="2.7 pdp11"))
    assert refused.returncode == 1
    assert "This bundle is for Python 2.7 pdp11" in refused.stderr
    assert not (tmp_path / "venv").exists()


def test_a_damaged_bundle_is_refused_in_words(tmp_path: Path) -> None:
    own = f"{sys.version_info.major}.{sys.version_info.minor} {platform.machine()}"
    folder = bundle_of(tmp_path, python=own)
    with (folder / "install.sh").open("a", encoding="utf-8") as script:
        script.write("# changed on the way\n")
    refused = installed(folder)
    assert refused.returncode == 1
    assert "The bundle is damaged" in refused.stderr
    assert not (tmp_path / "venv").exists()


def test_the_image_is_made_of_files_that_are_in_the_bundle() -> None:
    image = (ROOT / "deploy" / "Containerfile").read_text(encoding="utf-8")
    packed = (ROOT / "scripts" / "bundle.py").read_text(encoding="utf-8")
    assert "install.sh" in image
    for path in (path.relative_to(ROOT).as_posix() for path in (ROOT / "deploy").iterdir()):
        assert f'"{path}"' in packed
