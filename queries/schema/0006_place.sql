-- answers: Which region every record lies in, in the boundaries of every day (derived, rebuildable).
-- region_id is a leaf when the record has a point, the lowest region it names otherwise, and 0 when it
-- cannot be placed; then placed_by is 'none' and reason says why.
-- grain: one row per record and period [valid_from, valid_to); the periods of a record fill all time
create table place (
    record_kind  text not null,              -- table of the register
    record_id    bigint not null,
    region_id    bigint not null,
    valid_from   date not null,
    valid_to     date not null,
    placed_by    text not null,              -- point | building_code | region_code | region_name | none
    on_border    boolean not null,
    reason       text                        -- null when placed
);
