"""The files of the page as they are published: their keys, content types and cache headers."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from tools.publish.errors import NotBuilt, UnknownFileType

INDEX = "index.html"
CONFIG = "config.json"
API_DOCUMENT = "reference/openapi.json"  # the copy that the API's reference shows

# Names under assets/ contain a hash of the file's content, so such a file never changes.
ASSETS = "assets/"
CACHE_FOREVER = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"

CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}


@dataclass(frozen=True)
class PageConfig:
    """The page's settings for its stack, published as config.json, so that one build works for every stage.

    `api_url` is empty if the page's own origin serves the API. `cognito_endpoint_url` is None for the default endpoint
    of AWS. `console` is false if there is no Step Functions console to link to.
    """

    region: str
    user_pool_id: str
    user_pool_client_id: str
    api_url: str = ""
    cognito_endpoint_url: str | None = None
    console: bool = True


@dataclass(frozen=True)
class PageFile:
    """One file to publish."""

    key: str
    body: bytes
    content_type: str
    cache_control: str


def page_files(directory: Path, config: PageConfig, api_url: str) -> list[PageFile]:
    """All files to publish, each after the files that it needs; index.html is the last.

    `api_url` is the first server in the API's reference, so that its calls can be copied.

    Raises:
        NotBuilt: the directory contains no built page.
        UnknownFileType: a file has no known content type.
    """
    if not (directory / INDEX).is_file():
        raise NotBuilt(directory)
    paths = sorted(path for path in directory.rglob("*") if path.is_file() and not _is_hidden(path, directory))
    files = {file.key: file for file in (_page_file(path, directory) for path in paths)}
    if API_DOCUMENT in files:
        files[API_DOCUMENT] = _with_server(files[API_DOCUMENT], api_url)
    files[CONFIG] = _config_file(config)
    # The sort is stable: the page itself is the last of the pages.
    return sorted(files.values(), key=lambda file: (Path(file.key).name == INDEX, file.key == INDEX))


def _is_hidden(path: Path, directory: Path) -> bool:
    """Whether the file is hidden, as the build tool's own .vite/manifest.json is."""
    return any(part.startswith(".") for part in path.relative_to(directory).parts)


def _page_file(path: Path, directory: Path) -> PageFile:
    key = path.relative_to(directory).as_posix()
    content_type = CONTENT_TYPES.get(path.suffix)
    if content_type is None:
        raise UnknownFileType(path)
    cache_control = CACHE_FOREVER if key.startswith(ASSETS) else REVALIDATE
    return PageFile(key, path.read_bytes(), content_type, cache_control)


def _with_server(document: PageFile, url: str) -> PageFile:
    content = json.loads(document.body)
    content["servers"] = [{"url": url, "description": "This stack."}, *content["servers"]]
    return replace(document, body=json.dumps(content, ensure_ascii=False).encode())


def _config_file(config: PageConfig) -> PageFile:
    body = json.dumps(asdict(config), indent=2).encode() + b"\n"
    return PageFile(CONFIG, body, CONTENT_TYPES[".json"], REVALIDATE)
