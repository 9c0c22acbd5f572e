"""The built fonts, and the packages they come from."""

import hashlib
import io
import json
import tarfile

import pytest
from fontTools.ttLib import TTFont

from workflow_server.rendering import fonts
from workflow_server.rendering.fonts import __main__ as command
from workflow_server.rendering.fonts import build as building
from workflow_server.rendering.fonts.packages import PackageMissing, extract, locate
from workflow_server.rendering.fonts.recipe import (
    FACES,
    SPACES,
    Package,
    frequency_order,
    gbk,
    latin,
)

CHINESE = ("Doc Title", "Doc Song", "Doc Hei", "Doc Kai")
RARE_NAMES = set(map(ord, "䶮㛃𬭎𫍯龘喆昇堃玥祎镕"))


@pytest.fixture(scope="module")
def built(fonts_dir):
    return {face.family: TTFont(fonts_dir / face.file, lazy=True) for face in FACES}


def covered(built, family):
    """Return what a Chinese face and its companion can print."""
    return built[family].getBestCmap().keys() | built[f"{family} More"].getBestCmap().keys()


def test_every_face_has_the_same_box_and_truetype_outlines(built):
    for font in built.values():
        assert font["head"].unitsPerEm == 1000
        assert (font["hhea"].ascent, font["hhea"].descent, font["hhea"].lineGap) == (880, -120, 0)
        assert (font["OS/2"].usWinAscent, font["OS/2"].usWinDescent) == (880, 120)
        assert "glyf" in font
        assert not {"GSUB", "GPOS", "kern"} & set(font.keys())


def test_the_chinese_faces_have_all_characters_of_gbk(built):
    han = {code for code in gbk() if 0x4E00 <= code <= 0x9FA5}
    for family in CHINESE:
        assert not han - covered(built, family)


def test_rare_names_are_in_every_chinese_face(built):
    for family in CHINESE:
        assert covered(built, family) >= RARE_NAMES


def test_the_common_face_and_its_companion_share_no_character(built):
    for family in CHINESE:
        more = built[f"{family} More"].getBestCmap().keys()
        assert built[family].getBestCmap().keys() & more == SPACES.keys()


def test_common_characters_come_first(built):
    cmap, order = built["Doc Song"].getBestCmap(), built["Doc Song"].getReverseGlyphMap()
    assert max(order[cmap[ord(sign)]] for sign in "的一是在人民检察院建议") < 4800
    assert len(order) < 8000
    assert frequency_order({ord("䶮"), ord("龘"), ord("检"), ord("，")}) == [
        ord("，"), ord("检"), ord("䶮"), ord("龘")]  # fmt: skip


def test_signs_of_chinese_text_are_square(built):
    for family in (*CHINESE, "Doc Fang"):
        cmap, widths = built[family].getBestCmap(), built[family]["hmtx"]
        assert {widths[cmap[ord(sign)]][0] for sign in "“”‘’—…·，。院"} == {1000}


def test_every_face_has_spaces_because_pango_takes_them_from_the_face_before(built):
    for font in built.values():
        assert font.getBestCmap().keys() >= SPACES.keys()
        assert font["hmtx"][font.getBestCmap()[0x20]] == (250, 0)


def test_a_letter_made_of_others_keeps_its_size(built):
    cmap, glyphs = built["Doc Latin"].getBestCmap(), built["Doc Latin"]["glyf"]
    plain, accented = glyphs[cmap[ord("e")]], glyphs[cmap[ord("é")]]
    assert (accented.xMin, accented.yMin) == pytest.approx((plain.xMin, plain.yMin), abs=2)
    assert accented.yMax > plain.yMax + 100


def test_digits_come_from_the_latin_face_alone(built):
    assert {ord("0"), ord("é"), ord("½")} <= built["Doc Latin"].getBestCmap().keys()
    for family in (*CHINESE, "Doc Fang"):
        assert not latin() & built[family].getBestCmap().keys()


def test_the_manifest_tells_the_checksums_of_the_files(fonts_dir):
    manifest = json.loads((fonts_dir / fonts.MANIFEST).read_text())
    for entry in manifest["fonts"]:
        data = (fonts_dir / entry["file"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == entry["sha256"]


def test_a_second_build_does_nothing(fonts_dir, capsys):
    assert building.build(fonts_dir, report=lambda line: pytest.fail(line)) is False
    assert command.main(["build", "--out", str(fonts_dir)]) == 0
    assert "已就绪" in capsys.readouterr().out


def test_another_recipe_or_a_lost_file_asks_for_a_new_build(tmp_path, fonts_dir):
    manifest = json.loads((fonts_dir / fonts.MANIFEST).read_text())
    (tmp_path / fonts.MANIFEST).write_text(json.dumps(manifest))
    assert not fonts.is_built(tmp_path)
    with pytest.raises(fonts.FontsNotBuilt, match="fonts build"):
        fonts.require(tmp_path)


def deb(tmp_path, name, files):
    """Write a Debian package as dpkg would: ar of a version, control and data."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:xz") as tar:
        for path, body in files.items():
            entry = tarfile.TarInfo("./" + path)
            entry.size = len(body)
            tar.addfile(entry, io.BytesIO(body))
    parts = [
        ("debian-binary", b"2.0\n"),
        ("control.tar.xz", b"odd"),
        ("data.tar.xz", data.getvalue()),
    ]
    out = b"!<arch>\n"
    for part, body in parts:
        out += f"{part:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(body):<10}`\n".encode() + body
        out += b"\n" * (len(body) % 2)
    (tmp_path / name).write_bytes(out)
    return tmp_path / name


def test_a_package_is_read_without_dpkg(tmp_path):
    package = deb(tmp_path, "a.deb", {"usr/share/a.otf": b"font", "usr/share/b": b"other"})
    found = extract(package, ["usr/share/a.otf"], tmp_path)
    assert found["usr/share/a.otf"].read_bytes() == b"font"
    assert not (tmp_path / "b").exists()


def test_a_member_that_is_not_there_is_named(tmp_path):
    package = deb(tmp_path, "a.deb", {"usr/share/a.otf": b"font"})
    with pytest.raises(PackageMissing, match=r"missing\.otf"):
        extract(package, ["usr/missing.otf"], tmp_path)


def test_a_file_that_is_no_package_is_refused(tmp_path):
    (tmp_path / "a.deb").write_bytes(b"<html>not found</html>")
    with pytest.raises(PackageMissing, match="no ar archive"):
        extract(tmp_path / "a.deb", ["x"], tmp_path)


def test_a_package_in_the_cache_is_taken_by_checksum(tmp_path):
    path = deb(tmp_path, "sample_1%3a2_all.deb", {"x": b"y"})
    checksum = hashlib.sha256(path.read_bytes()).hexdigest()
    package = Package("sample", "1:2", checksum, "pool/main/s/sample/sample_2_all.deb")
    assert locate(package, tmp_path) == path


def test_a_package_that_cannot_be_had_is_named_with_file_and_checksum(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    deb(tmp_path, "sample_2_all.deb", {"x": b"damaged"})
    package = Package("sample", "2", "0" * 64, "pool/main/s/sample/sample_2_all.deb")
    with pytest.raises(PackageMissing) as refusal:
        locate(package, tmp_path)
    for part in ("sample_2_all.deb", "0" * 64, str(tmp_path), "pool/main/s/sample"):
        assert part in refusal.value.message


def test_a_machine_without_lists_of_packages_fetches_them_first(tmp_path, monkeypatch):
    apt = tmp_path / "bin" / "apt-get"
    apt.parent.mkdir()
    apt.write_text(
        "#!/bin/sh\n"
        f'if [ "$1" = update ]; then touch "{tmp_path}/lists"; exit 0; fi\n'
        f'if [ -e "{tmp_path}/lists" ]; then printf right > some_1.deb; exit 0; fi\n'
        'echo "E: Unable to locate package some" >&2; exit 100\n'
    )
    apt.chmod(0o755)
    monkeypatch.setenv("PATH", f"{apt.parent}:/usr/bin:/bin")
    package = Package("some", "1", hashlib.sha256(b"right").hexdigest(), "pool/main/s/some_1.deb")
    assert locate(package, tmp_path / "store").read_bytes() == b"right"
