"""The schema, step by step. A step that was released is never edited: another is added."""

from __future__ import annotations

from contextlib import closing

from sqlite_utils import Database, Migrations

from aggregator.model.source import shown_url

migrations = Migrations("aggregator")


def known_steps() -> frozenset[str]:
    """The names of all steps: a database that has others was written by a later version."""
    with closing(Database(memory=True, execute_plugins=False)) as empty:
        return frozenset(step.name for step in migrations.pending(empty))


@migrations()
def m001_sources(db: Database) -> None:
    db.execute("""
        CREATE TABLE sources (
            id TEXT PRIMARY KEY,               -- made from the URL under which it was first configured
            url TEXT NOT NULL,                 -- as configured; '' for a source that only imported posts name
            name TEXT NOT NULL,
            category TEXT NOT NULL,            -- JSON list, from the top level down
            configured INTEGER NOT NULL,       -- 0: imported, or taken out of the configuration
            title TEXT,                        -- the feed's own
            site TEXT,
            language TEXT,
            next_poll_at TEXT,                 -- null: never polled, so due now
            why_next TEXT NOT NULL DEFAULT '',
            claimed_by TEXT, claimed_until TEXT,   -- a lease, so that many workers may share
            last_poll_at TEXT,
            last_success_at TEXT,
            last_change_at TEXT,               -- when it last brought something new
            failures INTEGER NOT NULL DEFAULT 0,   -- in a row
            problem TEXT,                      -- the last failure in words
            moved_to TEXT, moved_since TEXT, moved_polls INTEGER,   -- where its permanent redirects lead
            adopted INTEGER NOT NULL DEFAULT 0,    -- 1: we ask there at once
            pace TEXT,                         -- what was learned of its rhythm
            rhythm TEXT,                       -- what it says of its rhythm itself: ttl, sy:*, skipHours, skipDays
            validators_url TEXT, etag TEXT, last_modified TEXT,   -- vouch for what is stored; written with it
            body_digest BLOB,                  -- of the last document
            known BLOB NOT NULL DEFAULT x'',   -- fingerprints of its entries, 8 bytes each
            revision INTEGER NOT NULL DEFAULT 0,   -- grows whenever its articles change
            published_revision INTEGER NOT NULL DEFAULT 0
        ) STRICT""")
    db.execute("CREATE INDEX sources_due ON sources (configured, next_poll_at)")


@migrations()
def m002_articles(db: Database) -> None:
    db.execute("""
        CREATE TABLE articles (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            title TEXT NOT NULL,
            categories TEXT NOT NULL,          -- JSON list, a path: category levels, source, the feed's own title
            headimg TEXT NOT NULL,             -- '' where there is none
            author TEXT NOT NULL,
            comments INTEGER NOT NULL,         -- whether a site shows a comment box
            date TEXT NOT NULL,                -- publication, UTC; never changes
            thumbnail TEXT NOT NULL,
            body TEXT NOT NULL,                -- cleaned HTML
            link TEXT,
            guid TEXT,
            updated TEXT,
            language TEXT,
            enclosures TEXT NOT NULL,          -- JSON list of objects
            tags TEXT NOT NULL,                -- JSON list: the publisher's own categories
            summary TEXT NOT NULL,             -- plain text
            comments_url TEXT,
            source TEXT NOT NULL REFERENCES sources (id),
            story TEXT NOT NULL,               -- the permanent id that we publish; one for all who tell the same story
            first_seen TEXT NOT NULL,
            changed TEXT NOT NULL,             -- when its content last differed
            sort_at TEXT NOT NULL,             -- fixed at first sight, so that nothing resurfaces
            position INTEGER NOT NULL,         -- orders what has the same sort_at
            digest BLOB NOT NULL               -- of the content as published
        ) STRICT""")
    db.execute("CREATE INDEX articles_by_story ON articles (story, id)")
    db.execute("CREATE INDEX articles_by_time ON articles (sort_at DESC, position, story, source)")
    db.execute("CREATE INDEX articles_by_source ON articles (source, sort_at DESC, position, story)")


@migrations()
def m003_aliases(db: Database) -> None:
    db.execute("""
        CREATE TABLE aliases (                 -- every name under which an article was ever known, within its source
            source TEXT NOT NULL,
            alias BLOB NOT NULL,
            article INTEGER NOT NULL,          -- may be gone: then it was pruned, and does not come back
            PRIMARY KEY (source, alias)
        ) STRICT, WITHOUT ROWID""")


@migrations()
def m004_facts(db: Database) -> None:
    db.execute("CREATE TABLE facts (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID")


@migrations()
def m005_subscriptions(db: Database) -> None:
    db.execute("ALTER TABLE sources ADD COLUMN hub TEXT")  # WebSub: what its last document announced; null: nothing
    db.execute("ALTER TABLE sources ADD COLUMN topic TEXT")
    db.execute("CREATE INDEX sources_with_hub ON sources (configured) WHERE hub IS NOT NULL")
    db.execute("""
        CREATE TABLE subscriptions (           -- at WebSub hubs
            token TEXT PRIMARY KEY,            -- the unguessable end of the callback's address
            secret TEXT NOT NULL,              -- signs what the hub delivers
            callback TEXT NOT NULL,
            source TEXT NOT NULL REFERENCES sources (id),
            hub TEXT NOT NULL,
            topic TEXT NOT NULL,
            leaving INTEGER NOT NULL,          -- 1: we want to be rid of it
            next_request_at TEXT NOT NULL,     -- when the hub is asked again
            failures INTEGER NOT NULL,         -- requests in a row that the hub did not confirm
            problem TEXT,
            lease_until TEXT,                  -- null: the hub has not agreed, or does no longer
            verified_at TEXT,
            last_delivery_at TEXT,
            missed INTEGER NOT NULL            -- how often a poll found what should have been delivered
        ) STRICT""")
    db.execute("CREATE UNIQUE INDEX subscriptions_by_source ON subscriptions (source) WHERE leaving = 0")


@migrations()
def m006_public_url(db: Database) -> None:
    db.execute("ALTER TABLE sources ADD COLUMN public_url TEXT NOT NULL DEFAULT ''")  # what may be shown of `url`
    for source, url in db.execute("SELECT id, url FROM sources").fetchall():
        # A query may hold what stood as ${NAME} in the configuration; the next start writes it again, if it may.
        public_url = shown_url(url).partition("?")[0]
        db.execute("UPDATE sources SET public_url = ? WHERE id = ?", (public_url, source))


@migrations()
def m007_originals(db: Database) -> None:
    db.execute("""
        CREATE TABLE originals (               -- what publishers wrote, to clean it again by other rules
            article INTEGER PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
            entry BLOB NOT NULL                -- JSON, compressed (zlib)
        ) STRICT""")
    db.execute("""
        CREATE TABLE recurring (               -- how the latest articles of a source begin and end
            source TEXT PRIMARY KEY REFERENCES sources (id),
            ends BLOB NOT NULL                 -- of each: name, number of hashes, hashes; 8 bytes each but the number
        ) STRICT, WITHOUT ROWID""")


@migrations()
def m008_enrichments(db: Database) -> None:
    db.execute("ALTER TABLE sources ADD COLUMN full_text INTEGER NOT NULL DEFAULT 0")  # 1: fetch each article's page
    db.execute("""
        CREATE TABLE enrichments (             -- the pages of articles
            article INTEGER PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
            state TEXT NOT NULL,               -- waiting · full (the article shows it) · kept (the feed's) · given up
            host TEXT NOT NULL,                -- one page of a host at a time
            tries INTEGER NOT NULL DEFAULT 0,  -- that failed, in a row
            next_at TEXT,                      -- when it is due; null: it is not
            reason TEXT NOT NULL DEFAULT '',   -- why it is not shown, in words
            fetched_at TEXT,                   -- the last visit
            feed_body TEXT,                    -- what the feed says, while the article shows its page; else null
            revision INTEGER NOT NULL,         -- of the source, as of which the article waits for its page
            claimed_by TEXT, claimed_until TEXT   -- a lease
        ) STRICT""")
    db.execute("CREATE INDEX enrichments_due ON enrichments (next_at) WHERE state = 'waiting'")
    db.execute("CREATE INDEX enrichments_claimed ON enrichments (claimed_until) WHERE claimed_until IS NOT NULL")


@migrations()
def m009_stories(db: Database) -> None:
    db.execute("""
        CREATE TABLE joins (                   -- stories that are others, by their texts; without them each is itself
            story TEXT PRIMARY KEY,            -- that joined; its articles keep it as theirs
            head TEXT NOT NULL,                -- under whose id it is published; never itself a story that joined
            article INTEGER NOT NULL,          -- of the story that joined
            "like" INTEGER NOT NULL,           -- the article that it is like
            rule TEXT NOT NULL,                -- which says so
            figures TEXT NOT NULL,             -- JSON object: what was measured
            sort_at TEXT NOT NULL, position INTEGER NOT NULL   -- the head's place, fixed as that is
        ) STRICT, WITHOUT ROWID""")
    db.execute("CREATE INDEX joins_by_head ON joins (head)")
    db.execute("CREATE INDEX joins_by_time ON joins (sort_at DESC, position, head)")
    db.execute("""
        CREATE TABLE story_keys (              -- articles that share one may tell the same story
            key INTEGER NOT NULL,              -- six bytes
            article INTEGER NOT NULL,
            PRIMARY KEY (key, article)
        ) STRICT, WITHOUT ROWID""")
    db.execute("""
        CREATE TABLE unjudged (                -- articles that were not compared with others yet
            article INTEGER PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE
        ) STRICT""")
    db.execute("INSERT INTO unjudged SELECT id FROM articles")


@migrations()
def m010_pages(db: Database) -> None:
    # The part of its page that an article shows, as published: JSON, compressed (zlib); null: its feed's, or not kept.
    db.execute("ALTER TABLE originals ADD COLUMN page BLOB")


@migrations()
def m011_corrections(db: Database) -> None:
    db.execute("""
        CREATE TABLE parted (                  -- articles that a person keeps apart from others of their address
            article INTEGER PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
            story TEXT NOT NULL                -- that their address gives them
        ) STRICT""")
    db.execute("""
        CREATE TABLE edited (                  -- articles whose text changed since they were judged
            article INTEGER PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE
        ) STRICT""")
    db.execute("""
        CREATE TABLE pruned (                  -- when articles went of which only the names are left
            article INTEGER PRIMARY KEY, at TEXT NOT NULL
        ) STRICT""")


@migrations()
def m012_search(db: Database) -> None:
    # No texts, only their words, as `words.cut` makes them: nothing is left for FTS5 to fold.
    db.execute("""
        CREATE VIRTUAL TABLE search USING fts5(title, body, about, content = '', tokenize = "ascii tokenchars '+#.'")
    """)
    db.execute("""
        CREATE TABLE searched (                -- the articles whose words are in `search`
            article INTEGER PRIMARY KEY,
            source TEXT NOT NULL,
            sort_at TEXT NOT NULL
        ) STRICT""")
    db.execute("""
        CREATE TABLE unsearched (              -- those whose words are not yet: they were there before the search
            article INTEGER PRIMARY KEY
        ) STRICT""")
    db.execute("INSERT INTO unsearched SELECT id FROM articles")
    new, old = (
        f"{row}.id, words_of_line({row}.title), words_of_body({row}.body, {row}.summary), "
        f"words_of_line({row}.author || ' ' || {row}.tags)"
        for row in ("new", "old")
    )
    add = f"INSERT INTO search (rowid, title, body, about) VALUES ({new});"  # noqa: S608 - parts are constants
    drop = f"INSERT INTO search (search, rowid, title, body, about) VALUES ('delete', {old});"  # noqa: S608
    is_searched = "EXISTS (SELECT 1 FROM searched WHERE article = old.id)"
    differs = " OR ".join(f"old.{name} <> new.{name}" for name in ("title", "body", "summary", "author", "tags"))
    db.execute(f"""
        CREATE TRIGGER search_added AFTER INSERT ON articles BEGIN
            {add} INSERT INTO searched VALUES (new.id, new.source, new.sort_at);
        END""")  # noqa: S608
    db.execute(f"""
        CREATE TRIGGER search_changed AFTER UPDATE OF title, body, summary, author, tags ON articles
        WHEN ({differs}) AND {is_searched} BEGIN {drop} {add} END""")
    db.execute("""
        CREATE TRIGGER search_placed AFTER UPDATE OF sort_at, source ON articles BEGIN
            UPDATE searched SET sort_at = new.sort_at, source = new.source WHERE article = new.id;
        END""")
    db.execute(f"""
        CREATE TRIGGER search_removed AFTER DELETE ON articles WHEN {is_searched} BEGIN
            {drop} DELETE FROM searched WHERE article = old.id;
        END""")  # noqa: S608


@migrations()
def m013_backlog(db: Database) -> None:
    db.execute("ALTER TABLE articles ADD COLUMN backlog INTEGER NOT NULL DEFAULT 0")  # 1: more than came in at once
    db.execute("DROP INDEX articles_by_time")
    db.execute("DROP INDEX articles_by_source")
    db.execute("CREATE INDEX articles_by_time ON articles (sort_at DESC, position, story, source, backlog)")
    db.execute("CREATE INDEX articles_by_source ON articles (source, sort_at DESC, position, story, backlog)")


@migrations()
def m014_copies(db: Database) -> None:
    # 1: another article had begun its story when it was judged. Where copies are not merged it has an id of its own.
    db.execute("ALTER TABLE articles ADD COLUMN copy INTEGER NOT NULL DEFAULT 0")
    db.execute("ALTER TABLE parted ADD COLUMN copy INTEGER NOT NULL DEFAULT 0")  # what the article was before
    order = "{0}.sort_at <> min({0}.date, {0}.first_seen), {0}.first_seen, {0}.id"
    db.execute(f"""
        UPDATE articles SET copy = 1
        WHERE NOT EXISTS (SELECT 1 FROM unjudged WHERE article = articles.id)
          AND EXISTS (SELECT 1 FROM articles AS other
                      WHERE other.story = articles.story
                        AND ({order.format("other")}) < ({order.format("articles")}))""")  # noqa: S608 - constants


@migrations()
def m015_archives(db: Database) -> None:
    db.execute("""
        CREATE TABLE archives (                -- of feeds: what their documents hold no longer
            id INTEGER PRIMARY KEY,
            slug TEXT NOT NULL UNIQUE,         -- of the feed
            size INTEGER NOT NULL,             -- stories in a full page
            last INTEGER NOT NULL,             -- the highest number of a page
            upto INTEGER NOT NULL,             -- articles up to this id have been looked at
            scope TEXT NOT NULL,               -- what decided which stories the feed has
            base_url TEXT NOT NULL             -- that stands in the documents
        ) STRICT""")
    db.execute("""
        CREATE TABLE archive_pages (
            archive INTEGER NOT NULL REFERENCES archives (id),
            page INTEGER NOT NULL,
            stories INTEGER NOT NULL,
            given_up INTEGER NOT NULL DEFAULT 0,   -- 1: its stories are elsewhere, nothing links to its documents
            PRIMARY KEY (archive, page)
        ) STRICT, WITHOUT ROWID""")
    db.execute("""
        CREATE TABLE archive_stories (         -- every story that a feed ever had
            archive INTEGER NOT NULL REFERENCES archives (id),
            story BLOB NOT NULL,               -- the sixteen bytes of its urn:uuid
            article INTEGER,                   -- where every copy is a story of its own: the only one that tells it
            page INTEGER,                      -- null: it stands in the feed's document
            place INTEGER,                     -- in the page, from 0
            sort_at TEXT,                      -- in the feed's document; null in a page
            PRIMARY KEY (archive, story)
        ) STRICT, WITHOUT ROWID""")
    db.execute("CREATE INDEX archive_stories_by_page ON archive_stories (archive, page, place)")


@migrations()
def m016_health(db: Database) -> None:
    db.execute("""
        CREATE TABLE health_events (           -- what happened to sources and to the program, the last some hundreds
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL,
            at TEXT NOT NULL,
            source TEXT,                       -- null: it happened to the program
            name TEXT NOT NULL,                -- of the source, as it was called then
            title TEXT NOT NULL,
            text TEXT NOT NULL
        ) STRICT""")
    db.execute("""
        CREATE TABLE health_told (             -- what was said last of a source
            source TEXT PRIMARY KEY,
            trouble TEXT,                      -- that lasts; null: none
            moved_to TEXT,
            flooded_at TEXT
        ) STRICT, WITHOUT ROWID""")


@migrations()
def m017_podcasts(db: Database) -> None:
    db.execute("ALTER TABLE sources ADD COLUMN podcast TEXT")  # what the feed says of itself as one: JSON, or null


@migrations()
def m018_hub(db: Database) -> None:
    db.execute("""
        CREATE TABLE hub_wishes (              -- requests to our own WebSub hub that no callback has confirmed yet
            callback TEXT NOT NULL,
            topic TEXT NOT NULL,               -- the address of a document of ours, as the subscriber wrote it
            mode TEXT NOT NULL,                -- subscribe · unsubscribe · denied
            host TEXT NOT NULL,                -- of the callback
            document TEXT NOT NULL,            -- "feeds/tech.atom"
            lease INTEGER NOT NULL,            -- seconds
            secret TEXT NOT NULL,              -- '': deliveries are not signed
            challenge TEXT NOT NULL,
            tries INTEGER NOT NULL,            -- that got no answer
            next_try_at TEXT NOT NULL,
            PRIMARY KEY (callback, topic)
        ) STRICT, WITHOUT ROWID""")
    db.execute("CREATE INDEX hub_wishes_by_host ON hub_wishes (host)")
    db.execute("""
        CREATE TABLE hub_listeners (           -- subscriptions at our own hub
            callback TEXT NOT NULL,
            topic TEXT NOT NULL,
            host TEXT NOT NULL,
            document TEXT NOT NULL,
            secret TEXT NOT NULL,
            lease_until TEXT NOT NULL,
            told TEXT NOT NULL,                -- the version of the document that was delivered
            failures INTEGER NOT NULL,         -- deliveries in a row that were not taken
            failing_since TEXT,
            next_try_at TEXT NOT NULL,
            PRIMARY KEY (callback, topic)
        ) STRICT, WITHOUT ROWID""")
    db.execute("CREATE INDEX hub_listeners_by_host ON hub_listeners (host)")
    db.execute("CREATE INDEX hub_listeners_by_document ON hub_listeners (document)")
    db.execute("CREATE INDEX hub_listeners_by_lease ON hub_listeners (lease_until)")
    db.execute("""
        CREATE TABLE hub_documents (           -- what there is to tell
            document TEXT PRIMARY KEY,
            version TEXT NOT NULL,             -- SHA-256 of the file
            announced TEXT NOT NULL,           -- the version that a hub elsewhere was told of
            failures INTEGER NOT NULL,         -- to tell it, in a row
            next_try_at TEXT NOT NULL
        ) STRICT, WITHOUT ROWID""")


@migrations()
def m019_short_names(db: Database) -> None:
    # Half the bytes: a number for the source, and of each name eight bytes of its hash, which none but its own source
    # could make meet another.
    db.execute("ALTER TABLE sources ADD COLUMN number INTEGER")  # never given to another
    db.execute("""
        UPDATE sources SET number = numbered.number
        FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM sources) AS numbered
        WHERE numbered.id = sources.id""")
    db.execute("CREATE UNIQUE INDEX sources_by_number ON sources (number)")
    db.execute("""
        CREATE TABLE short_aliases (
            source INTEGER NOT NULL,           -- its number
            alias BLOB NOT NULL,
            article INTEGER NOT NULL,          -- may be gone: then it was pruned, and does not come back
            PRIMARY KEY (source, alias)
        ) STRICT, WITHOUT ROWID""")
    # In the order in which they lie already: nothing is sorted, and every page is filled once.
    db.execute("""
        INSERT OR REPLACE INTO short_aliases
        SELECT sources.number, substr(aliases.alias, 1, 8), aliases.article
        FROM sources CROSS JOIN aliases ON aliases.source = sources.id ORDER BY sources.number, aliases.alias""")
    db.execute("DROP TABLE aliases")
    db.execute("ALTER TABLE short_aliases RENAME TO aliases")
