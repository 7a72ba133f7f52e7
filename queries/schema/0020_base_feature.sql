-- answers: What is drawn under the data: roads, water, greenery, building footprints, place names.
-- grain: one row per feature
create table base_feature (
    feature_id  bigint not null,
    kind        text not null,               -- road | water | green | industry | building | label
    name        text,
    rank        integer not null,            -- 1 = drawn from far away
    geom        geometry not null,           -- metric CRS
    min_x       double not null,
    min_y       double not null,
    max_x       double not null,
    max_y       double not null,
    import_id   bigint not null
);
