-- answers: How many people and households live where, as counted at a building or given for a region.
-- grain: one row per counted place
create table population (
    population_id  bigint not null,
    population_no  text not null,
    people         integer not null,
    households     integer,
    counted_on     date,
    building_code  text,
    region_code    text,
    region_name    text,
    parent_name    text,
    raw_x          double,
    raw_y          double,
    src_crs        text,
    x              double,
    y              double,
    place_reason    text,                    -- why the coordinates cannot be used
    import_id      bigint not null
);
