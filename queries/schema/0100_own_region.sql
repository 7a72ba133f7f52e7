-- answers: Nothing, for ever: in a store narrowed to a scope, a temporary table of this name holds the regions that
-- belong to the scope. Where none was made, nothing belongs to anybody.
-- grain: one row per region and period [valid_from, valid_to)
create table own_region (
    region_id   bigint not null,
    valid_from  date not null,
    valid_to    date not null
);
