-- answers: The rental buildings (出租屋).
-- grain: one row per building
create table rental_building (
    building_id    bigint not null,
    building_no    text not null,
    name           text,
    category       text,                     -- urban_village | estate | dormitory | public_housing | other
    rental_units   integer,
    tenants        integer,
    registered_on  date,
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
