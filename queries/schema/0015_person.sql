-- answers: Names and telephone numbers of the people in charge. Personal data, alone in its table.
-- grain: one row per person
create table person (
    person_no    text primary key,
    person_name  text,
    phone        text
);
