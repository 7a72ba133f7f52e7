-- answers: The views that people keep under a name: page and address, their own ones only they see.
-- grain: one row per owner and name
create table saved_view (
    owner     text not null,                 -- who is signed in; empty where nobody signs in: everybody's
    name      text not null,
    page      text not null,                 -- path of the page, such as /mine
    address   text not null,                 -- the parameters of the address
    saved_at  timestamp not null,
    primary key (owner, name)
);
