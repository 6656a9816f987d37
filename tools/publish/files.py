"""The files of the page as they are published: how they are called, what they are, and how long they keep."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from tools.publish.errors import NotBuilt, UnknownFileType

INDEX = "index.html"
CONFIG = "config.json"

# A file under assets/ has a hash of its content in its name: another content is another file.
ASSETS = "assets/"
KEPT_FOR_EVER = "public, max-age=31536000, immutable"
ASKED_FOR_EACH_TIME = "no-cache"

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
    """What the page is told of the stack that it belongs to, as config.json: one build serves every stage.

    `api_url` is empty for the page's own origin. `cognito_endpoint_url` is None for AWS's own. `console` tells whether
    links to the Step Functions console lead anywhere.
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


def page_files(directory: Path, config: PageConfig) -> list[PageFile]:
    """Everything to publish, in an order in which no file is there before what it needs.

    So index.html is the last. Raises NotBuilt and UnknownFileType.
    """
    if not (directory / INDEX).is_file():
        raise NotBuilt(directory)
    paths = sorted(path for path in directory.rglob("*") if path.is_file() and not _is_hidden(path, directory))
    files = {file.key: file for file in (_page_file(path, directory) for path in paths)}
    index = files.pop(INDEX)
    files[CONFIG] = _config_file(config)
    return [*files.values(), index]


def _is_hidden(path: Path, directory: Path) -> bool:
    """Whether the file is a tool's note to itself, like .vite/manifest.json."""
    return any(part.startswith(".") for part in path.relative_to(directory).parts)


def _page_file(path: Path, directory: Path) -> PageFile:
    key = path.relative_to(directory).as_posix()
    content_type = CONTENT_TYPES.get(path.suffix)
    if content_type is None:
        raise UnknownFileType(path)
    cache_control = KEPT_FOR_EVER if key.startswith(ASSETS) else ASKED_FOR_EACH_TIME
    return PageFile(key, path.read_bytes(), content_type, cache_control)


def _config_file(config: PageConfig) -> PageFile:
    body = json.dumps(asdict(config), indent=2).encode() + b"\n"
    return PageFile(CONFIG, body, CONTENT_TYPES[".json"], ASKED_FOR_EACH_TIME)
