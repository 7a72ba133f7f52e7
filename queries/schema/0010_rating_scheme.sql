-- answers: Which rating levels exist, how grave each is and how often it is to be inspected.
-- grain: one row per scheme and level
create table rating_scheme (
    scheme         text not null,
    level          text not null,
    rank           integer not null,         -- 1 = least risk
    title_zh       text not null,
    title_en       text not null,
    colour         text not null,            -- #rrggbb, as on the door plate
    interval_days  integer not null,         -- an inspection is due at least this often
    weight         double not null,          -- in the risk index
    import_id      bigint not null
);
