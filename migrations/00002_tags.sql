-- +goose Up
CREATE TABLE tags (
    id         INTEGER PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (length(name) BETWEEN 1 AND 40),
    created_by INTEGER REFERENCES users (id) ON DELETE SET NULL
) STRICT;

CREATE INDEX tags_created_by ON tags (created_by) WHERE created_by IS NOT NULL;

CREATE TABLE link_tags (
    link_id INTEGER NOT NULL REFERENCES links (id) ON DELETE CASCADE,
    tag_id  INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    PRIMARY KEY (link_id, tag_id)
) STRICT, WITHOUT ROWID;

-- the primary key finds the tags of a link, this one the links of a tag
CREATE INDEX link_tags_tag ON link_tags (tag_id);

-- +goose Down
DROP TABLE link_tags;
DROP TABLE tags;
