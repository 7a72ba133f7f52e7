-- answers: The inspections of rental buildings.
-- grain: one row per inspection
create table inspection (
    inspection_no  text not null,
    building_no    text not null,
    inspected_at   timestamp not null,
    result         text,
    hazards_found  integer,
    import_id      bigint not null
);
