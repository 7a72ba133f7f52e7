-- answers: The records of all registers that are data only (queries/registers): each register's own table is
-- made from here, so that loading, placing and keeping the past are written once for all of them.
-- grain: one row per record
create table record (
    record_id      bigint not null,
    record_kind    text not null,            -- table of the register
    record_key     text not null,            -- the values of its key, one after the other
    fields         json not null,            -- the register's own fields; days and times as ISO texts
    building_code  text,
    region_code    text,
    region_name    text,
    parent_name    text,
    raw_x          double,
    raw_y          double,
    src_crs        text,
    x              double,                   -- metric CRS of the store
    y              double,
    place_reason   text,                     -- why the coordinates cannot be used
    import_id      bigint not null
);
