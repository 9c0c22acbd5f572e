"""HTML becomes pages of PDF/A: the only module that lays out and writes with WeasyPrint."""

from __future__ import annotations

import base64
import binascii
import json
import logging
import os
import re
from datetime import UTC
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from workflow_server import config
from workflow_server.rendering import fonts
from workflow_server.rendering.sources import (
    ENTRY,
    Options,
    Rendered,
    TemplateSource,
    failed,
)

fonts.activate(config.load(os.environ).fonts_dir)

import weasyprint  # noqa: E402  (fontconfig must know its directory first)
from weasyprint.text.fonts import FontConfiguration  # noqa: E402
from weasyprint.urls import (  # noqa: E402
    FatalURLFetchingError,
    URLFetcher,
    URLFetcherResponse,
)

from workflow_server.rendering import economies, justify  # noqa: E402

logging.getLogger("weasyprint").setLevel(logging.ERROR)
logging.getLogger("fontTools").setLevel(logging.ERROR)
justify.install()
economies.install()

_HOST = "template.invalid"
_BASE = f"https://{_HOST}/"
_MAX_IMAGE = 512 * 1024
_DATA_IMAGE = re.compile(r"^data:(image/(?:png|jpeg|svg\+xml))(;[^,]*)?,(.*)$", re.S | re.I)
_LAYOUT_LINK = re.compile(r'<link rel="stylesheet" href="(base/[\w.-]+\.css)">')
#: What ties a style sheet to one document: other files, counters, fonts.
_IMPURE = re.compile(rb"url\(|@import|@font-face|@layer|@counter-style|@color-profile", re.I)
_TYPES = {
    ".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
}  # fmt: skip
#: One per process: a new one for each document leaks memory and costs time.
_FONTS = FontConfiguration()


class TemplateFiles(URLFetcher):  # type: ignore[misc]
    """Reaches the template's files and small images written into the page, nothing else."""

    def __init__(self, source: TemplateSource) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False, fail_on_errors=True)
        self._source = source
        self.refused: str | None = None

    def fetch(self, url: str, headers: Any = None) -> Any:
        """Return a file of the template; refuse every other address."""
        del headers
        if url[:5].lower() == "data:":
            return self._image(url)
        parts = urlsplit(url)
        path = unquote(parts.path).lstrip("/")
        kind = _TYPES.get(Path(path).suffix.lower())
        if parts.scheme != "https" or parts.netloc != _HOST:
            self.refused = f"不允许引用外部地址：{url[:80]}"
        elif path not in self._source.files or kind is None:
            self.refused = f"找不到文件：{path}"
        if self.refused:
            raise ValueError(self.refused)
        return URLFetcherResponse(url, self._source.files[path], {"Content-Type": kind})

    def _image(self, url: str) -> Any:
        match = _DATA_IMAGE.match(url)
        if match is None or len(url) > _MAX_IMAGE:
            self.refused = "只允许内嵌 512 KB 以内的 PNG、JPEG 或 SVG 图片"
            raise ValueError(self.refused)
        try:
            coded = (match[2] or "").lower().endswith(";base64")
            data = base64.b64decode(match[3]) if coded else unquote_to_bytes(match[3])
        except binascii.Error as error:
            self.refused = "内嵌图片无法解码"
            raise ValueError(self.refused) from error
        return URLFetcherResponse(url, data, {"Content-Type": match[1].lower()})


def print_pdf(source: TemplateSource, html: str, options: Options) -> Rendered:
    """Lay the page out and write it, with the document's data attached when given."""
    files = TemplateFiles(source)
    try:
        html, sheets = _layout_sheets(source, html)
        page = weasyprint.HTML(string=html, base_url=_BASE, url_fetcher=files)
        document = page.render(font_config=_FONTS, stylesheets=sheets)
        if document.metadata.attachments:
            raise failed(source.key, ENTRY, None, "模板不能附加文件")
        _describe(document.metadata, options)
        pdf = document.write_pdf(pdf_variant=options.variant or None)
    except FatalURLFetchingError as error:
        raise failed(source.key, ENTRY, None, files.refused or str(error)) from None
    except RecursionError:
        raise failed(source.key, ENTRY, None, "页面元素嵌套过深") from None
    if files.refused:
        # WeasyPrint swallows some refusals, such as that of an image inside an SVG.
        raise failed(source.key, ENTRY, None, files.refused)
    return Rendered(pdf=pdf, pages=len(document.pages))


def _layout_sheets(source: TemplateSource, html: str) -> tuple[str, list[Any]]:
    """Take the links to the layouts' own style sheets out of the page, and parse each once.

    They become user style sheets: whatever a template's own CSS says is stronger.
    """
    sheets: list[Any] = []

    def take(link: re.Match[str]) -> str:
        css = source.files.get(link[1])
        if css is None or _IMPURE.search(css):
            return link[0]
        sheets.append(_parsed(css))
        return ""

    return _LAYOUT_LINK.sub(take, html, count=4), sheets


@lru_cache(maxsize=32)
def _parsed(css: bytes) -> Any:
    return weasyprint.CSS(string=css.decode(), font_config=_FONTS)


def _describe(metadata: Any, options: Options) -> None:
    """Write what the file says about itself, all dates from the options."""
    moment = options.created.astimezone(UTC).replace(microsecond=0)
    metadata.created = metadata.modified = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    metadata.title = options.title or metadata.title
    metadata.authors = [options.author] if options.author else []
    metadata.generator = "workflow-server"
    if options.attachment is None:
        return
    text = json.dumps(options.attachment, ensure_ascii=False, sort_keys=True, indent=1)
    metadata.attachments.append(
        weasyprint.Attachment(
            string=text,
            name="data.json",
            description="文书数据",
            relationship="Data",
            created=moment,
            modified=moment,
        )
    )
