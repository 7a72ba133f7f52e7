-- answers: The rating of each rental building over time.
-- grain: one row per building and period [valid_from, valid_to)
create table rental_rating (
    building_no  text not null,
    scheme       text not null,
    level        text not null,
    valid_from   date not null,
    valid_to     date,                       -- null = until a later row of the building
    reason       text,
    import_id    bigint not null
);
