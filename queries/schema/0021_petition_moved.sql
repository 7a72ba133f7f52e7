-- answers: Where the petitions lie that changes of boundaries moved from one region into another: the few rows of
-- place that a question about petitions must look up by day (derived, rebuildable).
-- grain: one row per petition that moved and period [valid_from, valid_to)
create table petition_moved (
    petition_id  bigint not null,
    region_id    bigint not null,
    valid_from   date not null,
    valid_to     date not null,
    placed_by    text not null
);
