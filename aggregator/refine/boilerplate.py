"""What feeds carry besides the article, as data. Conservative: a leftover is better than a lost sentence.

Every removal by name or by wording is also bound to the length of what would go (see `html.py`).
"""

from __future__ import annotations

import re

NAMES = re.compile(
    r"""
      appendqr\w* | article-editor | show_author | (?:wx|weixin)?-?qr-?code[\w-]* | erweima[\w-]*  # Sina and others
    | sharedaddy | sd-(?:sharing|like|block|social)[\w-]* | jp-(?:relatedposts|post-flair) | wpcnt | wpa  # Jetpack
    | feedflare | mf-viral | mf-related                                                             # feed services
    | addtoany_[\w-]+ | a2a_kit | addthis[\w-]* | st_sharethis\w* | sharethis[\w-]* | shareaholic[\w-]*  # sharing
    | heateor_\w+ | swp_social_panel\w* | essb_\w+ | mashsb-[\w-]+ | synved-social-[\w-]+ | ssba[\w-]* | wabtn
    | (?:social|post|article|entry)?-?_?shar(?:e|ing)[-_](?:bar|box|buttons?|icons?|links?|tools|widget|list|wrap\w*)
    | (?:social|post|article|entry)[-_]shar(?:e|ing) | bdshare | bdsharebuttonbox
    | social[-_](?:links|icons|buttons|bar|media[-_](?:links|icons|share))
    | (?:email-)?newsletter(?:[-_](?:form|sign-?up|box|subscribe|widget|cta|embed|block|banner|wrap(?:per)?))?
    | mc_embed_signup | mc4wp-form[\w-]* | convertkit-form | formkit-form
    | subscri(?:be|ption)[-_](?:form|widget|box|wrap)[\w-]*
    | (?:yarpp|crp|rp4wp|zem_rp|wp_rp)[\w-]* | related-?_?posts?(?:-[\w-]+)? | outbrain | taboola[\w-]* | disqus_thread
    | adsbygoogle | google-auto-placed | ad[-_](?:container|wrapper|unit|slot|banner|block|box) | advert(?:isement)?s?
    | printfriendly | pf-content-buttons | copy-?(?:code-?)?(?:button|btn) | code-block-pro-copy-button | clipboard-copy
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Classes and ids of parts that are no article, each as a whole word of the attribute."""

ANCHOR_NAMES = re.compile(
    r"headerlink|header-anchor|heading-?(?:permalink|anchor|link)|anchor(?:js)?-link|direct-link|permalink|anchor"
)
ANCHOR_SIGNS = frozenset({"", "#", "¶", "§", "🔗", "∞", "link", "permalink"})
"""The sign beside a heading that links to it: of use on the page only."""

EDITOR_LINE = re.compile(
    r"[\s（(【\[]*(?:本文)?(?:责任编辑|责编|責任編輯|責編|责任校对|值班编辑)[\s:：/丨|][^。！？!?]{0,40}"
)
"""A paragraph that only names the editor, wherever it stands."""

EDITOR_HINTS = ("责", "責", "值")

FOOT_LINE = re.compile(
    r"""
    # All of it in our app; scan the code; follow us; who edited it.
      [^。？?]{0,30}(?:尽在|下载|打开)[^。？?]{0,16}(?:APP|客户端)[^。？?]{0,12}
    | [^。？?]{0,20}(?:扫一扫|扫码|扫描|长按|识别)[^。？?]{0,12}(?:二维码|下载|关注|订阅|添加|图片)[^。？?]{0,40}
    | [^。？?]{0,30}(?:关注|订阅)[^。？?]{0,24}(?:公众号|公眾號|微信号|官方微博)[^。？?]{0,40}
    | [\s（(【\[]*(?:编辑|編輯|校对|校對|审核|监制)\s*[:：/丨|][^。？?]{0,40}
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Lines that are no part of the article when nothing of the article comes after them."""

FOOT_HINTS = ("尽", "载", "載", "打", "码", "号", "號", "博", "编", "編", "校", "审", "监")
"""A body without any of these is not searched for such lines. Single characters: they are found fastest."""

BEACON_DOMAINS = frozenset(
    {
        "2o7.net",
        "amazon-adsystem.com",
        "anrdoezrs.net",
        "awltovhc.com",
        "bat.bing.com",
        "b.wp.com",
        "cnzz.com",
        "doubleclick.net",
        "feedsportal.com",
        "ftjcfx.com",
        "google-analytics.com",
        "googlesyndication.com",
        "hm.baidu.com",
        "imrworldwide.com",
        "jdoqocy.com",
        "lduhtrp.net",
        "pheedo.com",
        "pixel.adsafeprotected.com",
        "pixel.facebook.com",
        "pixel.mathtag.com",
        "pixel.rubiconproject.com",
        "pixel.wp.com",
        "px.ads.linkedin.com",
        "quantserve.com",
        "scorecardresearch.com",
        "stats.wordpress.com",
        "stats.wp.com",
        "tqlkg.com",
    }
)
"""Hosts, with all below them, whose images count readers and show nothing."""

BEACON_ADDRESSES = (
    "blogger.googleusercontent.com/tracker/",
    "feeds.feedburner.com/~",
    "feeds2.feedburner.com/~",
    "rss.feedburner.com/~",
    "feeds.wordpress.com/1.0/",
    "medium.com/_/stat",
    "t.co/i/adsct",
    "analytics.twitter.com/i/adsct",
    "facebook.com/tr?",
    "facebook.com/tr/",
    "www.facebook.com/tr?",
    "www.facebook.com/tr/",
    "www.awin1.com/cshow",
    "www.assoc-amazon.com/e/",
)
"""The same, where only a part of the host is such: how the address begins after `://`."""

BEACON_HOST = re.compile(r"(?:ads?\d?|tracking|tracker|track|counter|beacon|pixel)\.[\w-]+\.[\w.-]+")
"""Names of hosts that serve nothing else."""

BEACON_FILE = re.compile(
    r"""
      (?:pixel|tracking|tracker|beacon|spacer|blank|transparent|clear|1x1|1px|1pix)\.(?:gif|png|php|aspx?|svg|jpe?g|webp)
    | (?:trans|dot|count(?:er)?|open|hit|hm|__utm|__ptq)\.gif | [a-z]\.gif\?
    | (?:count(?:er)?|open|hit|track|piwik|matomo)\.(?:php|aspx?) | pixel | 1x1
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Names of files that show nothing; a single letter only with a query behind it."""

NO_HEAD_IMAGE = re.compile(
    r"https?://(?:(?:\w+\.)*gravatar\.com|picsum\.photos|img\.shields\.io|badge\.fury\.io|s\.w\.org/images/core/emoji)/"
    r"|(?:^|[/_.=-])(?:emojis?|emoticons?|smil(?:ey|ies)|avatars?|logos?|icons?|favicon|badges?|spacer|blank|pixel|sprite|qr-?codes?"
    r"|erweima|ewm|placeholder|loading|ads?|adverts?|advertisements?)(?=[/_.@?&=-]|\d|$)",
    re.IGNORECASE,
)
"""Images that are shown, but do not stand for the article."""

PLACEHOLDER_FILE = re.compile(
    r"(?:blank|spacer|placeholder|loading|lazy|transparent|gr[ae]y|1x1|pixel|dummy).*\.(?:gif|png|jpe?g|svg|webp)",
    re.IGNORECASE,
)
"""What stands in `src` until a script would have put the image there."""

TRACKING = re.compile(
    r"""
      utm_[\w.-]+ | ga_(?:source|medium|campaign|term|content|place) | [pm]tm_\w+ | matomo_\w+ | itm_\w+ | hsa_\w+
    | pk_(?:campaign|cpn|source|medium|kwd|keyword|content|cid)
    | at_(?:medium|campaign|link_\w+|custom\d|ptr_name|format|bbc_team)
    | (?:fb|g|d|y|ys|tw|tt)clid | msclkid | rb_clickid | irclickid | rdt_cid | sc_?cid | gclsrc | [gw]braid | li_fat_id
    | srsltid | epik | igshid? | mc_[cet]id | mkt_tok | _hs(?:enc|mi) | hsCtaTracking | vero_(?:id|conv)
    | oly_(?:anon|enc)_id | wickedid | wt_?z?mc(?:_id)? | _openstat | ml_subscriber(?:_hash)? | _bta_(?:tid|c)
    | _branch_(?:match_id|referrer) | dm_i | _g[al] | __s | ck_subscriber_id | guccounter | guce_referrer(?:_sig)?
    | ref_src | trk_\w+ | nr_email_referer | xtor | ncid | cmpid | ftag | intcid | spm | spm_id_from | vd_source
    | sudaref
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Parameters of addresses that only tell where a reader comes from. No page is another without them."""
