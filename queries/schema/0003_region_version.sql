-- answers: What each region was called, belonged to and looked like, in force when, believed when.
-- grain: one row per region, period in force [valid_from, valid_to) and period believed [tx_from, tx_to)
create table region_version (
    region_id   bigint not null,
    level       text not null,
    code        text not null,
    name        text not null,
    parent_id   bigint,                      -- null at the top
    kind        text not null,               -- base | dedicated | unassigned
    geom        geometry,                    -- leaves only; metric CRS, multiples of 1 mm
    area_m2     double,                      -- leaves only
    min_x       double,
    min_y       double,
    max_x       double,
    max_y       double,
    valid_from  date not null,
    valid_to    date not null,               -- 9999-12-31 = still in force
    tx_from     timestamp not null,
    tx_to       timestamp not null,          -- 9999-12-31 = still believed
    cs_open     bigint not null,
    cs_close    bigint
);
