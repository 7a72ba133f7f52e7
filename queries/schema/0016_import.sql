-- answers: Which files were loaded, with what result; the same content is never loaded twice.
-- grain: one row per import
create table import (
    import_id       bigint primary key,
    register        text not null,
    file            text not null,           -- name only, no folder
    sha256          text not null,           -- of the content and the way it was read
    mapping         text not null,
    rows_read       bigint not null,
    rows_kept       bigint not null,
    rows_set_aside  bigint not null,
    rows_unchanged  bigint not null,
    imported_at     timestamp not null,
    imported_by     text not null
);
