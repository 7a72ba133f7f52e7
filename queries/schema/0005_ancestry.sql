-- answers: Which region of each level every region belonged to on every day (derived, rebuildable).
-- A region is its own ancestor at its own level; region 0 at level 'total' is everybody's ancestor.
-- grain: one row per region, level and period [valid_from, valid_to)
create table ancestry (
    region_id    bigint not null,
    level        text not null,
    ancestor_id  bigint not null,
    valid_from   date not null,
    valid_to     date not null
);
