"""The layout of an office as an Excel file: its sheets and columns, for reading and writing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CLEARANCES = ("公开", "内部", "工作秘密")
#: Begins the row below the headers that explains them; it is skipped when read.
EXPLANATION = "说明："
#: Sheets beside the four that may be there: they are not read.
ASIDE = ("填写说明", "选项")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its key in JSON, its header, what it takes and what is to be written there."""

    name: str
    header: str
    #: "text", "whole", "flag", "day" or "clearance".
    kind: str
    explained: str
    required: bool = False
    #: Which list of words the template offers: "parties", "roles", "levels" …
    offers: str | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its title, and the list of an office that it holds."""

    title: str
    table: str
    columns: tuple[Column, ...]
    #: Whether more columns, headed by keys, become fields.
    has_fields: bool = False

    def by_header(self) -> Mapping[str, Column]:
        """Return the columns by what stands above them."""
        return {column.header: column for column in self.columns}


SHEETS = (
    Sheet(
        "单位",
        "organisations",
        (
            Column("key", "标识", "text", "小写字母、数字和下划线，以字母开头，不重复", True),
            Column("name", "名称", "text", "全称；已有单位更名须用“更名”办理", True),
            Column("short_name", "简称", "text", "空着则同名称"),
            Column("code", "代字", "text", "编号里的单位代字，不得与其他单位相同"),
            Column("party", "类别", "text", "按最新部署的角色文件", True, "parties"),
            Column("level", "层级", "whole", "1最高或国家级 2省 3市 4县", False, "levels"),
            Column("region", "地区代码", "text", "6、9或12位数字"),
            Column("parent", "上级单位标识", "text", "空着则没有上级"),
            Column("on_server", "接入本系统", "flag", "否：来往文书走纸质", False, "flags"),
            Column("opened_on", "成立日期", "day", "如 2026-07-01"),
        ),
        has_fields=True,
    ),
    Sheet(
        "部门",
        "departments",
        (
            Column("organisation", "单位标识", "text", "文件里或系统里已有的单位", True),
            Column("key", "部门标识", "text", "在本单位内不重复", True),
            Column("name", "部门名称", "text", "全称", True),
            Column("parent", "上级部门标识", "text", "同一单位的部门；空着则没有"),
        ),
    ),
    Sheet(
        "人员",
        "people",
        (
            Column("login", "登录名", "text", "不重复", True),
            Column("name", "姓名", "text", "", True),
            Column("active", "启用", "flag", "否：不能登录，在办任务退回", False, "flags"),
            Column("clearance", "密级", "clearance", "可看到的最高密级", False, "clearances"),
            Column("minors_certified", "可办未成年人案件", "flag", "", False, "flags"),
        ),
    ),
    Sheet(
        "岗位",
        "positions",
        (
            Column("person", "登录名", "text", "文件里或系统里已有的人员", True),
            Column("organisation", "单位标识", "text", "文件里或系统里已有的单位", True),
            Column("department", "部门标识", "text", "可以空着"),
            Column("role", "角色", "text", "须与单位类别相符", True, "roles"),
            Column("title", "职务", "text", "如 科长"),
            Column("is_head", "负责人", "flag", "部门的，没有部门则是单位的", False, "flags"),
            Column("acting_for", "代理何人", "text", "被代理人的登录名"),
            Column("since", "任职日期", "day", "空着则已经任职"),
            Column("until", "免职日期", "day", "从这一天起不再任职；空着则不限"),
        ),
    ),
)
BY_TITLE = {sheet.title: sheet for sheet in SHEETS}
