"""Who asks, what they may do, and what of the store they may see."""

from gridmap.access.narrowing import narrowed
from gridmap.access.rights import (
    ACTIONS,
    OF_THE_WHOLE,
    RIGHTS,
    ROLES,
    givable_roles,
    may,
    needs_whole,
    rights_for,
    role_named,
)
from gridmap.access.scope import DEMO, MACHINE, OWNER, Scope, acting, acting_now

__all__ = [
    "ACTIONS",
    "DEMO",
    "MACHINE",
    "OF_THE_WHOLE",
    "OWNER",
    "RIGHTS",
    "ROLES",
    "Scope",
    "acting",
    "acting_now",
    "givable_roles",
    "may",
    "narrowed",
    "needs_whole",
    "rights_for",
    "role_named",
]
