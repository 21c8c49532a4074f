"""The SQL of the store, all of it."""

from __future__ import annotations

NEVER = "9999-12-31T00:00:00Z"
"""The due date of a source that is gone for good."""

ADD_SOURCE = """
    INSERT INTO sources (id, number, url, public_url, name, category, language, configured)
    VALUES (:id, (SELECT coalesce(max(number), 0) + 1 FROM sources), :url, :public_url, :name, :category, :language,
        :configured)
    ON CONFLICT (id) DO NOTHING"""

CONFIGURE_SOURCE = """
    INSERT INTO sources (id, number, url, public_url, name, category, language, full_text, configured)
    VALUES (:id, (SELECT coalesce(max(number), 0) + 1 FROM sources), :url, :public_url, :name, :category, :language,
        :full_text, 1)
    ON CONFLICT (id) DO UPDATE SET
        next_poll_at = CASE WHEN url = :url AND configured = 1 THEN next_poll_at END,
        revision = revision + (name <> :name OR category <> :category OR public_url <> :public_url OR configured = 0),
        moved_to = CASE WHEN url = :url THEN moved_to END,
        adopted = CASE WHEN url = :url THEN adopted ELSE 0 END,
        url = :url, public_url = :public_url, name = :name, category = :category, language = :language,
        full_text = :full_text, configured = 1"""

SOURCES = "SELECT id, url, public_url, name, category, configured FROM sources"

DUE = """
    FROM sources
    WHERE configured = 1 AND (next_poll_at IS NULL OR next_poll_at <= :due_by)
      AND (claimed_until IS NULL OR claimed_until <= :now)"""

COUNT_DUE = f"SELECT count(*) {DUE}"

MAKE_DUE = "UPDATE sources SET next_poll_at = :now WHERE configured = 1"

HASTEN = """
    UPDATE sources SET next_poll_at = :latest WHERE id = :id AND failures = 0 AND next_poll_at > :latest
      AND NOT EXISTS (  -- a hub that can be relied on is why it waits
          SELECT 1 FROM subscriptions
          WHERE source = :id AND leaving = 0 AND lease_until IS NOT NULL AND failures = 0 AND missed = 0)"""

POSTPONE = """
    UPDATE sources SET next_poll_at = :until, why_next = :why_next
    WHERE id = :id AND configured = 1 AND coalesce(next_poll_at, '') < :until"""

LONGEST_DUE = f"SELECT id {DUE} ORDER BY next_poll_at, id LIMIT :limit"

CLAIM = f"""
    UPDATE sources SET claimed_by = :holder, claimed_until = :until
    WHERE id IN ({LONGEST_DUE})
    RETURNING id, url, validators_url, etag, last_modified, body_digest, known, failures, pace, rhythm,
        last_success_at, last_change_at, moved_to, moved_since, moved_polls, adopted,
        (SELECT ends FROM recurring WHERE source = sources.id) AS ends"""  # noqa: S608 - parts are constants

GIVE_BACK = "UPDATE sources SET claimed_by = NULL, claimed_until = NULL WHERE id = ?"

RELEASE = "UPDATE sources SET claimed_by = NULL, claimed_until = NULL WHERE claimed_by = :holder"

LEASES = "SELECT id, claimed_by, claimed_until FROM sources WHERE claimed_until > ?"

HOLDERS = """
    SELECT claimed_by FROM sources WHERE claimed_by IS NOT NULL
    UNION SELECT claimed_by FROM enrichments WHERE claimed_by IS NOT NULL"""

STATUS = """
    SELECT sources.*, coalesce(counted.articles, 0) AS articles, subscriptions.hub AS subscribed_at,
           subscriptions.lease_until, subscriptions.last_delivery_at, subscriptions.missed,
           subscriptions.problem AS push_problem
    FROM sources LEFT JOIN (SELECT source, count(*) AS articles FROM articles GROUP BY source) AS counted
      ON counted.source = sources.id
    LEFT JOIN subscriptions ON subscriptions.source = sources.id AND subscriptions.leaving = 0
    ORDER BY sources.configured DESC, sources.rowid"""

LOOKUP = """
    SELECT aliases.alias, aliases.article, articles.story, articles.title, articles.guid, articles.link,
           articles.digest, articles.date, articles.updated, articles.first_seen, articles.sort_at, articles.position,
           articles.changed
    FROM aliases LEFT JOIN articles ON articles.id = aliases.article
    WHERE aliases.source = (SELECT number FROM sources WHERE id = ?) AND aliases.alias IN ({})"""

SAID = """
    SELECT articles.*, coalesce(enrichments.feed_body, articles.body) AS feed_body
    FROM articles LEFT JOIN enrichments ON enrichments.article = articles.id WHERE articles.id IN ({})"""

PLACES = "SELECT story, source, sort_at, position FROM articles WHERE story IN ({}) ORDER BY id"

POLLED = """
    UPDATE sources SET last_poll_at = :at, next_poll_at = :next_poll_at, why_next = :why_next, pace = :pace,
           moved_to = :moved_to, moved_since = :moved_since, moved_polls = :moved_polls, adopted = :adopted,
           claimed_by = NULL, claimed_until = NULL
    WHERE id = :id"""

FAILED = "UPDATE sources SET failures = failures + 1, problem = :problem WHERE id = :id"

SUCCEEDED = """
    UPDATE sources SET last_success_at = :at, failures = 0, problem = NULL,
           validators_url = :validators_url, etag = :etag, last_modified = :last_modified
    WHERE id = :id"""

TAKEN_IN = """
    UPDATE sources SET body_digest = :body_digest, known = :known, rhythm = :rhythm,
           revision = revision + (title IS NOT :title OR site IS NOT :site OR podcast IS NOT :podcast), title = :title,
           site = :site, podcast = :podcast,
           hub = :hub, topic = :topic
    WHERE id = :id"""

BROUGHT_SOMETHING = "UPDATE sources SET revision = revision + 1, last_change_at = :at WHERE id = :id"

TOLD_WITH = """
    SELECT :story AS story UNION SELECT head FROM joins WHERE story = :story
    UNION SELECT story FROM joins WHERE head = coalesce((SELECT head FROM joins WHERE story = :story), :story)"""
"""A story, and those that are published as one with it."""

TELLERS_CHANGED = f"""
    UPDATE sources SET revision = revision + 1
    WHERE id <> :id
      AND id IN (SELECT source FROM articles WHERE story IN ({TOLD_WITH}))"""  # noqa: S608 - parts are constants

ADD_ARTICLE = """
    INSERT INTO articles (title, categories, headimg, author, comments, date, thumbnail, body, link, guid, updated,
        language, enclosures, tags, summary, comments_url, source, story, first_seen, changed, sort_at,
        position, backlog, digest)
    VALUES (:title, :categories, :headimg, :author, :comments, :date, :thumbnail, :body, :link, :guid, :updated,
        :language, :enclosures, :tags, :summary, :comments_url, :source, :story, :first_seen, :first_seen, :sort_at,
        :position, :backlog, :digest)"""

SHOWS_PAGE = "EXISTS (SELECT 1 FROM enrichments WHERE article = :id AND feed_body IS NOT NULL)"

CHANGE_ARTICLE = f"""
    UPDATE articles SET title = :title, categories = :categories, author = :author, link = :link, guid = :guid,
        headimg = CASE WHEN :headimg = '' AND {SHOWS_PAGE} THEN headimg ELSE :headimg END,
        thumbnail = CASE WHEN :thumbnail = '' AND {SHOWS_PAGE} THEN thumbnail ELSE :thumbnail END,
        body = CASE WHEN {SHOWS_PAGE} THEN body ELSE :body END,
        updated = :updated, language = :language, enclosures = :enclosures, tags = :tags, summary = :summary,
        comments_url = :comments_url, changed = :changed, digest = :digest
    WHERE id = :id"""  # noqa: S608 - parts are constants

KEEP_ORIGINAL = """
    INSERT INTO originals (article, entry) VALUES (?, ?)
    ON CONFLICT (article) DO UPDATE SET entry = excluded.entry"""

FORGET_ORIGINAL = "DELETE FROM originals WHERE article = ?"

KEEP_PAGE = "UPDATE originals SET page = ? WHERE article = ?"

_WITH_ORIGINALS = """
    SELECT articles.*, originals.entry, originals.page, enrichments.feed_body
    FROM originals JOIN articles ON articles.id = originals.article
    LEFT JOIN enrichments ON enrichments.article = originals.article"""

ORIGINALS = f"{_WITH_ORIGINALS} WHERE originals.article > ? ORDER BY originals.article LIMIT ?"

LATEST_ORIGINALS = f"""
    {_WITH_ORIGINALS} WHERE articles.source = ? ORDER BY articles.sort_at DESC, articles.position LIMIT ?"""

COUNT_ORIGINALS = "SELECT count(*) FROM originals WHERE article > ?"

REWRITE_ARTICLE = """
    UPDATE articles SET title = :title, categories = :categories, headimg = :headimg, author = :author,
        thumbnail = :thumbnail, body = :body, language = :language, enclosures = :enclosures, tags = :tags,
        summary = :summary, comments_url = :comments_url
    WHERE id = :id AND changed = :changed"""

KEEP_ENDS = """
    INSERT INTO recurring (source, ends) VALUES (?, ?) ON CONFLICT (source) DO UPDATE SET ends = excluded.ends"""

ENDS = "SELECT ends FROM recurring WHERE source = ?"

ADD_ALIAS = """
    INSERT INTO aliases (source, alias, article) VALUES ((SELECT number FROM sources WHERE id = ?), ?, ?)
    ON CONFLICT (source, alias) DO UPDATE SET article = excluded.article"""

PRUNE = "DELETE FROM articles WHERE sort_at < :before AND first_seen < :before RETURNING source, id"

WAS_PRUNED = "INSERT OR IGNORE INTO pruned (article, at) VALUES (?, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))"

STORIES_OF_ONE = "SELECT story, source, backlog FROM articles WHERE source = ? ORDER BY sort_at DESC, position, story"

STORIES_OF_MANY = "SELECT story, source, backlog FROM articles ORDER BY sort_at DESC, position, story"

_SPOTS = """
    SELECT story, source, sort_at, position FROM articles
    WHERE sort_at <= ? {} ORDER BY sort_at DESC, position, story"""

SPOTS_OF_ONE = _SPOTS.format("AND source = ?")

SPOTS_OF_MANY = _SPOTS.format("")

POSTED = """
    SELECT source, strftime('%w', sort_at) AS weekday, substr(sort_at, 12, 2) AS hour, count(*) AS articles
    FROM articles WHERE sort_at >= ? GROUP BY source, weekday, hour"""

TELLINGS = "SELECT * FROM articles WHERE story IN ({}) ORDER BY id"

ARTICLES_BETWEEN = """
    SELECT * FROM articles WHERE source = ? AND sort_at >= ? AND sort_at < ?
    ORDER BY sort_at DESC, position, story"""

OUTLETS = "SELECT id, public_url, name, category, title, site, last_change_at, podcast FROM sources"

ARTICLES = "SELECT * FROM articles WHERE id > ? ORDER BY id LIMIT 500"

CHANGED_ARTICLES = "SELECT * FROM articles WHERE changed >= ? ORDER BY changed, id"

UNPUBLISHED = "SELECT id, revision FROM sources WHERE revision <> published_revision"

PUBLISHED = "UPDATE sources SET published_revision = :revision WHERE id = :id"

UNSUBSCRIBED = """
    SELECT id, hub, topic FROM sources
    WHERE configured = 1 AND hub IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM subscriptions WHERE source = sources.id AND leaving = 0)
    ORDER BY rowid"""

OBSOLETE = """
    SELECT subscriptions.* FROM subscriptions LEFT JOIN sources
      ON sources.id = subscriptions.source AND sources.configured = 1
     AND sources.hub = subscriptions.hub AND sources.topic = subscriptions.topic
    WHERE subscriptions.leaving = 0
      AND (sources.id IS NULL OR substr(subscriptions.callback, 1, length(:base)) <> :base)"""

SUBSCRIPTIONS_DUE = """
    SELECT * FROM subscriptions WHERE next_request_at <= :now OR lease_until <= :now ORDER BY next_request_at, token"""

SUBSCRIPTION = "SELECT * FROM subscriptions WHERE token = ?"

SUBSCRIPTION_OF = "SELECT * FROM subscriptions WHERE source = ? AND leaving = 0"

KEEP_SUBSCRIPTION = """
    INSERT INTO subscriptions (token, secret, callback, source, hub, topic, leaving, next_request_at, failures, problem,
        lease_until, verified_at, last_delivery_at, missed)
    VALUES (:token, :secret, :callback, :source, :hub, :topic, :leaving, :next_request_at, :failures, :problem,
        :lease_until, :verified_at, :last_delivery_at, :missed)
    ON CONFLICT (token) DO UPDATE SET
        leaving = :leaving, next_request_at = :next_request_at, failures = :failures, problem = :problem,
        lease_until = :lease_until, verified_at = :verified_at, last_delivery_at = :last_delivery_at,
        missed = :missed"""

MISSED = "UPDATE subscriptions SET missed = :missed WHERE source = :id AND leaving = 0"

FACTS = "SELECT title, site, hub, topic, rhythm, podcast FROM sources WHERE id = ?"

DATES_SINCE = "SELECT date FROM articles WHERE source = ? AND first_seen > ?"

POLL_BY = """
    UPDATE sources SET next_poll_at = :at, why_next = :why WHERE id = :source AND failures = 0 AND next_poll_at > :at"""

POLL_SUBSCRIBED_BY = """
    UPDATE sources SET next_poll_at = :at, why_next = :why
    WHERE failures = 0 AND next_poll_at > :at
      AND id IN (SELECT source FROM subscriptions WHERE leaving = 0 AND lease_until IS NOT NULL)"""

REMEMBER = "INSERT INTO facts VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value"

RECALL = "SELECT value FROM facts WHERE key = ?"

# the pages of articles

RELEASE_PAGES = "UPDATE enrichments SET claimed_by = NULL, claimed_until = NULL WHERE claimed_by = :holder"

WANTS_PAGES = "SELECT 1 FROM sources WHERE id = ? AND full_text = 1"

QUEUE_PAGE = """
    INSERT INTO enrichments (article, state, host, next_at, revision)
    SELECT articles.id, 'waiting', :host, :now, sources.revision
    FROM articles JOIN sources ON sources.id = articles.source WHERE articles.id = :article
    ON CONFLICT (article) DO UPDATE SET
        state = 'waiting', host = :host, tries = 0, reason = '', claimed_by = NULL, claimed_until = NULL,
        revision = excluded.revision,
        next_at = max(:now, coalesce(strftime('%Y-%m-%dT%H:%M:%SZ', fetched_at, '+1 hour'), :now))"""
"""Not more than once an hour for an article: some feeds change theirs with every poll."""

CHANGE_FEED_BODY = "UPDATE enrichments SET feed_body = :body WHERE article = :id AND feed_body IS NOT NULL"

FORGET_UNWANTED_PAGES = """
    DELETE FROM enrichments WHERE article IN (
        SELECT articles.id FROM articles JOIN sources ON sources.id = articles.source WHERE sources.full_text = 0)"""

PAGES_DUE = """
    FROM enrichments JOIN articles ON articles.id = enrichments.article JOIN sources ON sources.id = articles.source
    WHERE enrichments.state = 'waiting' AND enrichments.next_at <= :now
      AND (enrichments.claimed_until IS NULL OR enrichments.claimed_until <= :now)
      AND sources.configured = 1 AND sources.full_text = 1"""

COUNT_PAGES = f"SELECT count(*) {PAGES_DUE}"

CLAIM_PAGES = f"""
    UPDATE enrichments SET claimed_by = :holder, claimed_until = :until
    WHERE article IN (
        SELECT article FROM (
            SELECT enrichments.article, enrichments.next_at,
                   row_number() OVER (PARTITION BY enrichments.host
                                      ORDER BY enrichments.next_at, enrichments.article) AS place
            {PAGES_DUE} AND enrichments.host NOT IN (SELECT host FROM enrichments WHERE claimed_until > :now))
        WHERE place = 1 ORDER BY next_at, article LIMIT :limit)
    RETURNING article"""  # noqa: S608 - parts are constants

PAGE_ERRANDS = """
    SELECT articles.*, enrichments.tries, enrichments.host,
           coalesce(enrichments.feed_body, articles.body) AS feed_body
    FROM enrichments JOIN articles ON articles.id = enrichments.article
    WHERE enrichments.article IN ({}) ORDER BY enrichments.next_at, articles.id"""

IS_OUR_PAGE = "SELECT 1 FROM enrichments WHERE article = :article AND claimed_by = :holder"

KEEP_FEED_BODY = """
    UPDATE enrichments SET feed_body = (SELECT body FROM articles WHERE id = :article)
    WHERE article = :article AND feed_body IS NULL"""

SHOW_PAGE = """
    UPDATE articles SET body = :body, headimg = :headimg, thumbnail = :thumbnail, summary = :summary
    WHERE id = :article AND (body <> :body OR headimg <> :headimg OR thumbnail <> :thumbnail OR summary <> :summary)"""

SHOW_FEED = """
    UPDATE articles SET body = (SELECT feed_body FROM enrichments WHERE article = :article)
    WHERE id = :article AND EXISTS (SELECT 1 FROM enrichments WHERE article = :article AND feed_body IS NOT NULL)"""

ARTICLE_CHANGED = """
    UPDATE articles SET changed = :now,
        updated = CASE WHEN (SELECT sources.published_revision >= enrichments.revision
                             FROM enrichments JOIN sources ON sources.id = articles.source
                             WHERE enrichments.article = articles.id)
                  THEN :now ELSE updated END
    WHERE id = :article"""

TELLERS_OF_ARTICLE_CHANGED = f"""
    UPDATE sources SET revision = revision + 1
    WHERE id IN (SELECT source FROM articles WHERE story IN (
        {TOLD_WITH.replace(":story", "(SELECT story FROM articles WHERE id = :article)")}))"""  # noqa: S608

VISITED_PAGE = """
    UPDATE enrichments SET state = :state, reason = :reason, tries = :tries, next_at = :next_at, fetched_at = :now,
        feed_body = CASE WHEN :state = 'kept' THEN NULL ELSE feed_body END, claimed_by = NULL, claimed_until = NULL
    WHERE article = :article"""

REST_PAGES = "UPDATE enrichments SET next_at = :until WHERE host = :host AND state = 'waiting' AND next_at < :until"

PAGES_BY_SOURCE = """
    SELECT articles.source,
           sum(state = 'waiting') AS waiting, sum(state = 'full') AS full, sum(state = 'kept') AS kept,
           sum(state = 'given up') AS given_up,
           (SELECT last.reason FROM enrichments AS last JOIN articles AS telling ON telling.id = last.article
            WHERE telling.source = articles.source AND last.reason <> '' AND last.state <> 'kept'
            ORDER BY last.fetched_at DESC LIMIT 1) AS problem
    FROM enrichments JOIN articles ON articles.id = enrichments.article GROUP BY articles.source"""

# which stories are one

WAITS = "INSERT OR IGNORE INTO unjudged (article) VALUES (?)"

UNJUDGED = """
    SELECT articles.id FROM unjudged JOIN articles ON articles.id = unjudged.article
    ORDER BY articles.date >= articles.first_seen,
             CASE WHEN articles.date < articles.first_seen THEN articles.date END, articles.story, articles.source"""
"""What came without a date has that of its arrival, which is chance where many sources are polled at once."""

ARTICLES_OF = "SELECT * FROM articles WHERE id IN ({})"

WORDINGS = "SELECT id, source, story, date, first_seen, sort_at, title, body FROM articles WHERE id IN ({})"

ARTICLES_WITH_KEYS = """
    SELECT wanted.value, (
        SELECT group_concat(article) FROM (
            SELECT article FROM story_keys WHERE key = wanted.value ORDER BY article DESC LIMIT :newest)) AS articles
    FROM json_each(:keys) AS wanted WHERE articles IS NOT NULL"""
"""A row for each key, however many have it: a row for each article would cost three times as much."""

NEIGHBOURS = """
    SELECT id, source, story, date FROM articles
    WHERE id IN ({}) AND NOT EXISTS (SELECT 1 FROM unjudged WHERE article = articles.id)"""

JUDGED_STORIES = """
    SELECT DISTINCT story FROM articles
    WHERE story IN ({}) AND NOT EXISTS (SELECT 1 FROM unjudged WHERE article = articles.id)"""

HEAD = """
    SELECT head, sort_at, position FROM joins WHERE story = :story
    UNION ALL SELECT story, sort_at, position FROM articles WHERE story = :story
    UNION ALL SELECT head, sort_at, position FROM joins WHERE head = :story
    LIMIT 1"""
"""The last one is of a story that was pruned, and lends its id to others."""

TELLERS = f"SELECT DISTINCT source FROM articles WHERE story IN ({TOLD_WITH})"  # noqa: S608 - parts are constants

TELLERS_OF_HEAD = """
    SELECT source FROM articles WHERE story = :head
    UNION ALL SELECT articles.source FROM joins JOIN articles ON articles.story = joins.story
    WHERE joins.head = :head"""

TALE_CHANGED = f"UPDATE sources SET revision = revision + 1 WHERE id IN ({TELLERS})"  # noqa: S608

SETTLE = """
    UPDATE articles SET sort_at = :sort_at, position = 0
    WHERE story = :story AND ((SELECT count(*) FROM articles WHERE story = :story) > 1
        OR EXISTS (SELECT 1 FROM parted WHERE story = :story))"""
"""What is alone keeps its position in its document, unless its place may be that of a copy that was split off."""

IS_COPY = "UPDATE articles SET copy = 1 WHERE id = ?"

STILL_UNJUDGED = "SELECT article FROM unjudged WHERE article IN ({})"

ADD_STORY_KEY = "INSERT OR IGNORE INTO story_keys (key, article) VALUES (?, ?)"

ADD_JOIN = """
    INSERT INTO joins (story, head, article, "like", rule, figures, sort_at, position)
    SELECT :story, :head, :article, :like, :rule, :figures, :sort_at, :position
    WHERE NOT EXISTS (SELECT 1 FROM joins WHERE story = :head OR head = :story)
    ON CONFLICT (story) DO NOTHING"""  # what another process joined meanwhile stays: a circle would have no head

IS_JUDGED = "DELETE FROM unjudged WHERE article = ?"

IS_EDITED = """
    INSERT OR IGNORE INTO edited (article)
    SELECT :id WHERE NOT EXISTS (SELECT 1 FROM unjudged WHERE article = :id)"""

EDITED = "SELECT article FROM edited ORDER BY article"

IS_READ_AGAIN = "DELETE FROM edited WHERE article = ?"

HAS_KEY = "SELECT count(*) FROM story_keys WHERE key = ? AND article = ?"

FOLLOW_JOIN = "UPDATE joins SET head = :head, sort_at = :sort_at, position = :position WHERE head = :story"

FORGET_JOIN = "DELETE FROM joins WHERE story = ?"

ARTICLES_OF_STORY = "SELECT id FROM articles WHERE story = ? ORDER BY id"

STORIES_WITH = """
    SELECT DISTINCT story FROM articles WHERE story = :head OR story IN (SELECT story FROM joins WHERE head = :head)
    ORDER BY story <> :head, story"""

KEEP_APART = """
    INSERT INTO parted (article, story, copy) SELECT id, story, copy FROM articles WHERE id = :article
    ON CONFLICT (article) DO NOTHING"""

TELL_APART = "UPDATE articles SET story = :copy, copy = 0, sort_at = :sort_at, position = 0 WHERE id = :article"

KEPT_APART = "SELECT article, story FROM parted ORDER BY article"

PUT_BACK = """
    UPDATE articles SET (story, sort_at, position, copy) = (
        SELECT parted.story, coalesce(others.sort_at, articles.sort_at), coalesce(others.position, articles.position),
               parted.copy
        FROM parted LEFT JOIN articles AS others ON others.story = parted.story
        WHERE parted.article = articles.id LIMIT 1)
    WHERE id = :article AND EXISTS (SELECT 1 FROM parted WHERE article = :article)"""

IS_PUT_BACK = "DELETE FROM parted WHERE article = ?"

STORY_OF = "SELECT story FROM articles WHERE id = ?"

ALL_JOINS = "SELECT * FROM joins ORDER BY article"

STORY_KEYS = "SELECT key, article FROM story_keys WHERE (key, article) > (?, ?) ORDER BY key, article LIMIT 10000"

COUNT_STORY_KEYS = "SELECT count(*) FROM story_keys"

HAS_LATER = "SELECT 1 FROM articles WHERE id > ? LIMIT 1"

FORGET_KEYS = "DELETE FROM story_keys"
"""All of them, page by page: a hundred times as fast as one by one."""

FORGET_KEYS_UPTO = "DELETE FROM story_keys WHERE article <= ?"

KEEP_JOIN = """
    INSERT OR REPLACE INTO joins (story, head, article, "like", rule, figures, sort_at, position)
    VALUES (:story, :head, :article, :like, :rule, :figures, :sort_at, :position)"""

REVISE = "UPDATE sources SET revision = revision + 1 WHERE id = ?"

JOINS_OF = "SELECT * FROM joins WHERE head = ? ORDER BY article"

LOOK_AT_ALL = "UPDATE archives SET scope = '' WHERE scope <> ''"
"""What had joined other stories may now stand for itself, in feeds that have passed its articles long ago."""

JUDGE_AGAIN = (
    """UPDATE sources SET revision = revision + 1
       WHERE id IN (SELECT source FROM articles
                    WHERE story IN (SELECT story FROM joins UNION SELECT head FROM joins))""",
    "DELETE FROM joins",
    FORGET_KEYS,
    "INSERT OR IGNORE INTO unjudged SELECT id FROM articles",
    LOOK_AT_ALL,
)

SWEEP_KEYS = """
    DELETE FROM story_keys WHERE key >= :first AND key < :end AND article NOT IN (SELECT id FROM articles)"""

SWEEP_JOINS = "DELETE FROM joins WHERE story NOT IN (SELECT story FROM articles)"

_ALONE = """
    SELECT story, source, sort_at, position, backlog FROM articles
    WHERE {} NOT EXISTS (SELECT 1 FROM joins WHERE joins.story = articles.story)
      AND NOT EXISTS (SELECT 1 FROM unjudged WHERE unjudged.article = articles.id)
    ORDER BY sort_at DESC, position, story"""

ALONE_OF_MANY = _ALONE.format("")

ALONE_SPOTS_OF_MANY = _ALONE.format("sort_at <= ? AND")

ALONE_SPOTS_OF_ONE = _ALONE.format("sort_at <= ? AND source = ? AND")

ALONE_OF_ONE = _ALONE.format("source = ? AND")

_JOINED = """
    SELECT joins.head AS story, articles.source, joins.sort_at, joins.position, articles.backlog
    FROM {} JOIN {}
    WHERE {} NOT EXISTS (SELECT 1 FROM unjudged WHERE unjudged.article = articles.id)
    ORDER BY joins.sort_at DESC, joins.position, joins.head"""

JOINED_OF_MANY = _JOINED.format("joins", "articles ON articles.story = joins.story", "")

JOINED_SPOTS_OF_MANY = _JOINED.format("joins", "articles ON articles.story = joins.story", "joins.sort_at <= ? AND")

JOINED_SPOTS_OF_ONE = _JOINED.format(
    "articles", "joins ON joins.story = articles.story", "joins.sort_at <= ? AND articles.source = ? AND"
)

JOINED_OF_ONE = _JOINED.format("articles", "joins ON joins.story = articles.story", "articles.source = ? AND")

TELLINGS_OF_HEADS = "SELECT articles.*, story AS head FROM articles WHERE story IN ({})"

TELLINGS_OF_JOINED = """
    SELECT articles.*, joins.head FROM joins JOIN articles ON articles.story = joins.story WHERE joins.head IN ({})"""

# the search

MATCHES = """
    SELECT searched.article, -bm25(search, 8, 1, 2) AS relevance
    FROM search CROSS JOIN searched ON searched.article = search.rowid
    WHERE search MATCH :wanted AND searched.source IN (SELECT value FROM json_each(:sources))
    ORDER BY searched.sort_at DESC, searched.article DESC LIMIT :limit"""
"""In a title a word weighs eight times as much as in the text, as author or tag twice. CROSS: the words come first."""

ALL_OF = """
    SELECT article, 0.0 AS relevance FROM searched
    WHERE source IN (SELECT value FROM json_each(:sources))
    ORDER BY sort_at DESC, article DESC LIMIT :limit"""

ALL_BUT = """
    SELECT article, 0.0 AS relevance FROM searched
    WHERE source IN (SELECT value FROM json_each(:sources))
      AND article NOT IN (SELECT rowid FROM search WHERE search MATCH :unwanted)
    ORDER BY sort_at DESC, article DESC LIMIT :limit"""

PLACED = """
    SELECT articles.id, articles.story, coalesce(joins.head, articles.story) AS head,
           coalesce(joins.sort_at, articles.sort_at) AS sort_at,
           coalesce(joins.position, articles.position) AS position,
           EXISTS (SELECT 1 FROM unjudged WHERE article = articles.id) AS waits
    FROM articles LEFT JOIN joins ON joins.story = articles.story WHERE articles.id IN ({})
    ORDER BY articles.sort_at DESC, articles.id DESC"""

COUNT_UNSEARCHABLE = "SELECT count(*) FROM unsearched"

UNSEARCHABLE = "SELECT article FROM unsearched ORDER BY article DESC LIMIT ?"

MAKE_SEARCHABLE = (
    """INSERT INTO search (rowid, title, body, about)
       SELECT id, words_of_line(title), words_of_body(body, summary), words_of_line(author || ' ' || tags)
       FROM articles WHERE id = ?""",
    "INSERT INTO searched SELECT id, source, sort_at FROM articles WHERE id = ?",
    "DELETE FROM unsearched WHERE article = ?",
)

SEARCH_AFRESH = (
    "INSERT INTO search (search) VALUES ('delete-all')",
    "DELETE FROM searched",
    "INSERT OR IGNORE INTO unsearched SELECT id FROM articles",
)

# the archives of feeds

ARCHIVE = "SELECT * FROM archives WHERE slug = ?"

ARCHIVE_PAGES = "SELECT page, stories FROM archive_pages WHERE archive = ? AND given_up = 0 ORDER BY page"

SHOWN_STORIES = """
    SELECT story, article, sort_at FROM archive_stories
    WHERE archive = (SELECT id FROM archives WHERE slug = ?) AND page IS NULL"""

PAGES_OF = """
    SELECT story, page FROM archive_stories
    WHERE archive = (SELECT id FROM archives WHERE slug = ?) AND story IN ({}) AND page IS NOT NULL"""

PAGE_STORIES = """
    SELECT story, article, sort_at FROM archive_stories
    WHERE archive = (SELECT id FROM archives WHERE slug = :slug) AND page BETWEEN :first AND :last
    ORDER BY page, place"""

KEEP_ARCHIVE = """
    INSERT INTO archives (slug, size, last, upto, scope, base_url)
    VALUES (:slug, :size, :last, :upto, :scope, :base_url)
    ON CONFLICT (slug) DO UPDATE SET last = :last, upto = :upto, scope = :scope, base_url = :base_url
    RETURNING id"""

GIVE_UP_PAGES = "UPDATE archive_pages SET given_up = 1 WHERE archive = ? AND page >= ?"

FILE_STORY = """
    INSERT INTO archive_stories (archive, story, article, page, place, sort_at) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (archive, story) DO UPDATE
        SET page = excluded.page, place = excluded.place, sort_at = excluded.sort_at"""

KEEP_ARCHIVE_PAGE = """
    INSERT INTO archive_pages (archive, page, stories) VALUES (?, ?, ?)
    ON CONFLICT (archive, page) DO UPDATE SET stories = excluded.stories"""

LAST_JUDGED = """
    SELECT coalesce((SELECT min(article) - 1 FROM unjudged), (SELECT max(id) FROM articles), 0)"""

STORIES_SINCE = "SELECT story, source FROM articles WHERE id > ? AND id <= ?"

HEADS_SINCE = """
    SELECT coalesce(joins.head, articles.story) AS story, articles.source
    FROM articles LEFT JOIN joins ON joins.story = articles.story WHERE articles.id > ? AND articles.id <= ?"""

STORY_PLACES = "SELECT story, sort_at, position FROM articles WHERE story IN ({}) ORDER BY sort_at DESC, position"

ARTICLE_PLACES = "SELECT id, story, sort_at, position FROM articles WHERE id IN ({})"

# looking for one article

ALIASES_OF = """
    SELECT alias FROM aliases WHERE source = (SELECT number FROM sources WHERE id = ?) AND article = ?"""

TITLED = "SELECT * FROM articles WHERE {} ORDER BY sort_at DESC, id DESC LIMIT ?"

TITLED_LIKE = """
    SELECT articles.* FROM (
        SELECT id, {} AS words, sort_at FROM articles WHERE words > 0 ORDER BY words DESC, sort_at DESC, id DESC LIMIT ?
    ) AS nearest JOIN articles ON articles.id = nearest.id
    ORDER BY nearest.words DESC, nearest.sort_at DESC, nearest.id DESC"""

LINKS = "SELECT id, source, story, link FROM articles"

PRUNED_AT = "SELECT at FROM pruned WHERE article = ?"

ORIGINAL_OF = "SELECT entry FROM originals WHERE article = ?"

PAGE_OF = "SELECT state, reason FROM enrichments WHERE article = ?"

IS_WAITING = "SELECT 1 FROM unjudged WHERE article = ?"
