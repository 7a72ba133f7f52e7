-- answers: Which regions each change made out of which, and how much land went from one to the other.
-- grain: one row per changeset and pair of regions
create table lineage (
    cs           bigint not null,
    from_region  bigint not null,
    to_region    bigint not null,
    share_area   double not null,            -- of the giver's land, 0 to 1
    share_people double                      -- of the giver's people, 0 to 1; null where unknown
);
