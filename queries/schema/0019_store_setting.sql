-- answers: What holds for the whole store: crs, title, synthetic, as_of, ...
-- grain: one row per setting
create table store_setting (
    key    text primary key,
    value  text not null
);
