-- answers: Which regions have ever existed; the surrogate id is never used again.
-- grain: one row per region
create table region (
    region_id  bigint primary key,
    level      text not null
);
