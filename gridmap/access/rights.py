"""What each role may do: one table for pages, routes, commands and statements; what is not in it is denied.

An action (`page.overview`, `route./api/stats`, `command.stats`, `query.screens/trend`) needs one right, or
one of several; a role has some. A new page, route, command or statement gets a line in ACTIONS:
`tests/test_access_rights.py` lists those that have none.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

#: What somebody may have the right to do.
RIGHTS: dict[str, str] = {
    "anybody": "what needs no sign-in",
    "signed_in": "what everybody who has signed in may do",
    "figures": "see measures, maps and rankings: counts, never single records",
    "small_cells": "see figures of cells so small that they say something about single people",
    "people": "see who is in charge of a cell, telephone numbers masked",
    "records": "see single petitions and buildings, without personal data",
    "take_figures": "take figures and boundaries away as files",
    "take_records": "take lists of single records away as files",
    "reveal": "see the personal data of one case at a time, for a reason that is recorded",
    "health": "see what was loaded, what was set aside, and the checks",
    "load": "load files of records, base features and boundaries",
    "plan": "draw boundary changes",
    "publish": "bring boundary changes into force, or take them back",
    "audit": "read and verify the log of what was done",
    "accounts": "make accounts and give rights",
    "operate": "start, stop, measure and maintain the installation",
}

#: Rights to change the store or to know of all of it: given for a part of the map they open nothing.
OF_THE_WHOLE = frozenset({"load", "plan", "publish", "audit", "accounts", "operate"})


@dataclass(frozen=True)
class Role:
    """Describe a role: what people call it, and its rights.

    Parameters
    ----------
    key : name on the command line and in the store
    title_zh, title_en : what people call it
    rights : keys of RIGHTS, besides `anybody` and `signed_in`, which everybody has
    given : whether it can be given to an account
    """

    key: str
    title_zh: str
    title_en: str
    rights: frozenset[str]
    given: bool = True

    @property
    def all_rights(self) -> frozenset[str]:
        """Return its rights and those of everybody who has signed in."""
        return self.rights | {"anybody"} | ({"signed_in"} if self.rights else frozenset())


def _role(key: str, title_zh: str, title_en: str, rights: str, *, given: bool = True) -> Role:
    return Role(key, title_zh, title_en, frozenset(rights.split()), given)


#: The one with more insight into single cases stands further down; planners and leaders get aggregates.
ROLES: tuple[Role, ...] = (
    _role("viewer", "查看员", "Viewer", "figures"),
    _role("leader", "领导", "Leader", "figures people take_figures"),
    _role("planner", "规划员", "Planner", "figures small_cells take_figures plan publish"),
    _role("grid_manager", "网格长", "Grid manager",
          "figures small_cells people records take_figures take_records reveal"),
    _role("data_officer", "数据专员", "Data officer",
          "figures small_cells people records take_figures take_records reveal health load publish"),
    _role("administrator", "管理员", "Administrator", "figures health audit accounts operate"),
    # Not for accounts: who has the machine has everything; who opens a demo is nobody in particular, and is
    # not shown what the log has to name somebody for.
    _role("owner", "本机", "Owner of the machine", " ".join(set(RIGHTS) - {"anybody", "signed_in"}),
          given=False),
    # Whoever asks from this machine without signing in: for programs that watch over it.
    _role("machine", "本机监控", "Monitoring on this machine", "operate", given=False),
    _role("demo", "演示身份", "Demo identity",
          " ".join(set(RIGHTS) - {"anybody", "signed_in", "accounts", "reveal"}), given=False),
)  # fmt: skip

#: Which right an action needs; of several, one is enough. `load *` stands for all that begin like it.
ACTIONS: dict[str, str] = {
    "page.overview": "figures",
    "page.wall": "figures",
    "page.cells": "figures",
    "page.mine": "records",
    "page.health": "health",
    "page.desk": "plan",
    "page.audit": "audit",
    "route./": "signed_in",
    "route./signin": "anybody",
    "route./signout": "anybody",
    "route./account": "signed_in",
    "route./healthz": "anybody",
    "route./metrics": "operate",
    "route./assets": "anybody",
    "route./assets/editor": "anybody",
    "route./api/openapi.json": "signed_in",
    "route./api/{rest:rest}": "signed_in",
    "route./tiles/{rest:rest}": "signed_in",
    "route./api/measures": "signed_in",
    "route./api/stats": "figures",
    "route./api/compare": "small_cells",
    "route./api/reconcile": "small_cells",
    "route./api/quality": "health",
    "route./api/duty": "health",
    "route./api/hot": "records",
    "route./api/reveal": "reveal",
    "route./api/regions/{level}.geojson": "figures",
    "route./api/cells.geojson": "figures",
    "route./api/drafts": "plan",
    "route./api/drafts/{name}/operations": "plan",
    "route./api/drafts/{name}/map.json": "plan",
    "route./api/drafts/{name}/changes.json": "plan",
    "route./api/drafts/{name}/ground.json": "plan",
    "route./api/plan.{form}": "plan",
    "route./api/picture/{what}.{form}": "take_figures",
    "route./api/report/{month}.{form}": "take_figures",
    "route./api/board/{code}.pdf": "people",
    "route./tiles/base/{z:int}/{x:int}/{y:int}.mvt": "figures",
    "route./tiles/{level}/{z:int}/{x:int}/{y:int}.mvt": "figures",
    "command.backup": "operate",
    "command.audit *": "audit",
    "command.bench": "operate",
    "command.board": "people",
    "command.border": "plan",
    "command.check": "health",
    "command.compare": "take_figures",
    "command.demo": "operate",
    "command.diff": "figures",
    "command.doctor": "operate",
    "command.drafts": "plan",
    "command.draw": "plan",
    "command.dump": "operate",
    "command.duty": "health",
    "command.edit": "plan",
    "command.export": "plan",
    "command.hot": "take_records",
    "command.house-code": "signed_in",
    "command.impact": "plan",
    "command.imports": "health",
    "command.init": "operate",
    "command.load *": "load",
    "command.log": "records",
    "command.measures": "signed_in",
    "command.place": "take_figures",
    "command.publish": "publish",
    "command.quality": "health",
    "command.reconcile": "health",
    "command.regions": "take_figures",
    "command.reveal": "reveal",
    "command.find": "reveal",
    "command.retention": "operate",
    "command.keys *": "operate",
    "command.load dump": "operate",
    "command.picture": "take_figures",
    "command.report": "take_figures",
    "command.restore": "publish",
    "command.restore-backup": "operate",
    "command.rollup": "operate",
    "command.rules": "operate",
    "command.serve": "operate",
    "command.users *": "accounts",
    "command.set-aside": "load",
    "command.snapshot": "operate",
    "command.torture": "operate",
    "command.stats": "take_figures",
    "command.unplaced": "take_records",
    "command.versions": "figures",
    # Single records and people. Whatever else the screens ask is written out below, one by one.
    "query.screens/in_charge": "people",
    "query.screens/inspections_due": "records",
    "query.screens/open_petitions": "records",
    "query.screens/topics_tracked": "records",
    "query.screens/visits_due": "records",
    "query.screens/set_aside": "load",
    "query.screens/unplaced_petition": "take_records",
    "query.screens/unplaced_population": "take_records",
    "query.screens/unplaced_record": "take_records",
    "query.screens/unplaced_rental_building": "take_records",
    "query.screens/hot_issues": "records",
    "query.screens/petition_log": "records",
    "query.screens/petition_deadlines": "records",
    "query.screens/duty_holes": "health take_figures",
    "query.screens/duty_chain": "health",
    "query.screens/duty_known": "health",
    "query.checks/*": "health",
    "query.screens/import_findings": "health",
    "query.screens/imports": "health",
    "query.screens/set_aside_reasons": "health",
    "query.screens/unplaced_reasons": "health",
    "query.watching/*": "operate",
    "query.screens/backlog": "figures",
    "query.screens/base_features": "figures",
    "query.screens/base_kinds": "figures",
    "query.screens/base_layer": "figures",
    "query.screens/base_map": "figures",
    "query.screens/base_name_tile": "figures",
    "query.screens/base_named": "figures",
    "query.screens/base_near": "figures",
    "query.screens/base_searched": "figures",
    "query.screens/category_list": "figures",
    "query.screens/category_shares": "figures",
    "query.screens/board_lines": "figures",
    "query.screens/cell_types": "figures",
    "query.screens/cells": "figures",
    "query.screens/channel_shares": "figures",
    "query.screens/coverage_leaves": "figures",
    "query.screens/first_days": "figures",
    "query.screens/frames": "figures",
    "query.screens/heat_bins": "figures",
    "query.screens/hot_spots": "figures",
    "query.screens/moved_between_cells": "figures",
    "query.screens/placement_ways": "figures",
    "query.screens/rating_levels": "figures",
    "query.screens/rating_schemes": "figures",
    "query.screens/record_days": "figures",
    "query.screens/search": "figures",
    "query.screens/setting": "signed_in",
    "query.screens/shares_of_cells": "figures",
    "query.screens/store_version": "signed_in",
    "query.screens/tile": "figures",
    "query.screens/trend": "figures",
    "query.measures/*": "figures",
    "query.excerpt/*": "figures",
    "query.views/*": "signed_in",
    "query.versions/leaves_of_level": "figures",
    "query.versions/leaves_on": "figures",
    "query.versions/regions_on": "figures",
    "query.versions/changesets": "figures",
    "query.versions/*": "plan publish load",
    "query.drafts/*": "plan publish",
    "query.planning/*": "plan",
    "query.placing/leaf_periods": "figures",
    "query.placing/*": "plan publish load",
    "query.load/set_setting": "operate",
    "query.load/*": "load",
    "query.registers/*": "load",
    # Sealed values: what of them is opened for whom is in gridmap.access.personal.
    "query.personal/people": "people",
    "query.personal/names_of_people": "people",
    "query.personal/of_records": "records",
    "query.personal/marked": "reveal",
    "query.personal/count": "signed_in",
    "query.personal/*": "operate",
    "query.believing/*": "operate",
    "query.copies/*": "operate",
    "query.keeping/*": "operate",
    "query.torture/*": "operate",
    "query.schema/*": "operate",
    "query.schema_state/*": "operate",
    "query.macros/*": "operate",
    "query.scaling/*": "operate",
    "query.scope/*": "operate",
    "query.access/*": "accounts",
    "query.access/store_id": "signed_in",
    "query.access/audit.entries": "signed_in",
    "query.access/audit.head": "signed_in",
    "query.access/audit.insert": "signed_in",
    "query.access/audit.all": "audit",
    "query.access/audit.kinds": "audit",
    "query.access/audit.list": "audit",
}


def role_named(key: str) -> Role:
    """Return the role with this key; one that nobody knows has no rights at all."""
    return next((role for role in ROLES if role.key == key), Role(key, key, key, frozenset(), given=False))


def givable_roles() -> tuple[str, ...]:
    """Return the keys of the roles that an account can be given."""
    return tuple(role.key for role in ROLES if role.given)


@cache
def rights_for(action: str) -> frozenset[str]:
    """Return the rights of which an action needs one; none when the table does not know it: nobody may.

    >>> [sorted(rights_for(action)) for action in ("page.overview", "query.measures/x.y", "page.unheard_of")]
    [['figures'], ['figures'], []]
    """
    covering = [name for name in ACTIONS if name.endswith("*") and action.startswith(name[:-1])]
    name = action if action in ACTIONS else max(covering, key=len, default="")
    return frozenset(ACTIONS.get(name, "").split())


def needs_whole(action: str) -> bool:
    """Return whether an action takes rights over the whole store.

    >>> needs_whole("page.desk"), needs_whole("page.mine")
    (True, False)
    """
    return rights_for(action) <= OF_THE_WHOLE


def may(role: str, action: str) -> bool:
    """Return whether a role may do something; what has no rule is denied to everybody.

    >>> may("viewer", "page.overview"), may("viewer", "page.mine"), may("owner", "page.unheard_of")
    (True, False, False)
    """
    return bool(rights_for(action) & role_named(role).all_rights)
