-- answers: The rows that could not be used, whole, with the reason; export, mend and load them again.
-- grain: one row per row of a file and reason
create table import_set_aside (
    import_id  bigint not null,
    row_no     bigint not null,              -- row in the file, the header being row 1
    check_name text not null,
    reason     text not null,
    raw        json not null                 -- the row as it stood in the file
);
