"""Names of months and zones as publishers write them. Data only; `dates.py` reads with it."""

from __future__ import annotations

# One line per language, January first; "|" between spellings. Names are compared in lower case, without full stops,
# and from four letters on a prefix of a full name will do, so abbreviations stand here only where they are shorter.
_MONTHS = """
january|jan february|feb march|mar april|apr may june|jun july|jul august|aug september|sep|sept october|oct november|nov december|dec
januar|jänner|jan februar|feber|feb märz|mär|mrz|maerz april|apr mai juni|jun juli|jul august|aug september|sep|sept oktober|okt november|nov dezember|dez
janvier|janv|jan février|fevrier|févr|fév|fev mars avril|avr mai juin juillet|juil août|aout|aoû septembre|sept octobre|oct novembre|nov décembre|decembre|déc|dec
enero|ene febrero|feb marzo|mar abril|abr mayo|may junio|jun julio|jul agosto|ago septiembre|setiembre|sep|set octubre|oct noviembre|nov diciembre|dic
janeiro|jan fevereiro|fev março|marco|mar abril|abr maio|mai junho|jun julho|jul agosto|ago setembro|set outubro|out novembro|nov dezembro|dez
gennaio|gen febbraio|feb marzo|mar aprile|apr maggio|mag giugno|giu luglio|lug agosto|ago settembre|set|sett ottobre|ott novembre|nov dicembre|dic
januari|jan februari|feb maart|mrt april|apr mei juni|jun juli|jul augustus|aug september|sep oktober|okt november|nov december|dec
januari|jan februari|feb mars|mar april|apr maj juni|jun juli|jul augusti|aug september|sep oktober|okt november|nov december|dec
januar|jan februar|feb marts|mar april|apr maj juni|jun juli|jul august|aug september|sep oktober|okt november|nov december|dec
januar|jan februar|feb mars|mar april|apr mai juni|jun juli|jul august|aug september|sep oktober|okt november|nov desember|des
tammikuuta|tammikuu|tammi helmikuuta|helmikuu|helmi maaliskuuta|maaliskuu|maalis huhtikuuta|huhtikuu|huhti toukokuuta|toukokuu|touko kesäkuuta|kesäkuu|kesä heinäkuuta|heinäkuu|heinä elokuuta|elokuu|elo syyskuuta|syyskuu|syys lokakuuta|lokakuu|loka marraskuuta|marraskuu|marras joulukuuta|joulukuu|joulu
stycznia|styczeń|sty lutego|luty|lut marca|marzec|mar kwietnia|kwiecień|kwi maja|maj czerwca|czerwiec|cze lipca|lipiec|lip sierpnia|sierpień|sie września|wrzesień|wrz października|październik|paź listopada|listopad|lis grudnia|grudzień|gru
ledna|leden|led února|únor|úno března|březen|bře dubna|duben|dub května|květen|kvě června|červen|čvn července|červenec|čvc srpna|srpen|srp září|zář října|říjen|říj listopadu|listopad|lis prosince|prosinec|pro
január|jan február|feb marec|marca|mar apríl|apr máj|mája jún|júna júl|júla august|aug september|sep október|okt november|nov december|dec
január|jan február|feb|febr március|márc|már április|ápr május|máj június|jún július|júl augusztus|aug szeptember|szept|sze október|okt november|nov december|dec
ianuarie|ian februarie|feb martie|mar aprilie|apr mai iunie|iun iulie|iul august|aug septembrie|sept octombrie|oct noiembrie|noi decembrie|dec
ocak|oca şubat|şub mart|mar nisan|nis mayıs|may haziran|haz temmuz|tem ağustos|ağu eylül|eyl ekim|eki kasım|kas aralık|ara
января|январь|янв февраля|февраль|фев марта|март|мар апреля|апрель|апр мая|май июня|июнь|июн июля|июль|июл августа|август|авг сентября|сентябрь|сен|сент октября|октябрь|окт ноября|ноябрь|ноя|нояб декабря|декабрь|дек
січня|січень|січ лютого|лютий|лют березня|березень|бер квітня|квітень|кві травня|травень|тра червня|червень|чер липня|липень|лип серпня|серпень|сер вересня|вересень|вер жовтня|жовтень|жов листопада|листопад|лис грудня|грудень|гру
януари|яну февруари|фев март|мар април|апр май юни юли август|авг септември|сеп октомври|окт ноември|ное декември|дек
јануар|јан фебруар|феб март|мар април|апр мај јун јул август|авг септембар|сеп октобар|окт новембар|нов децембар|дец
siječnja|siječanj|sij veljače|veljača|velj ožujka|ožujak|ožu travnja|travanj|tra svibnja|svibanj|svi lipnja|lipanj srpnja|srpanj kolovoza|kolovoz|kol rujna|rujan|ruj listopada prosinca|prosinac
ιανουαρίου|ιανουάριος|ιαν φεβρουαρίου|φεβρουάριος|φεβ|φεβρ μαρτίου|μάρτιος|μάρ|μαρ απριλίου|απρίλιος|απρ μαΐου|μάιος|μάϊ|μάι|μαϊ|μαι ιουνίου|ιούνιος|ιούν|ιουν|ιον ιουλίου|ιούλιος|ιούλ|ιουλ|ιολ αυγούστου|αύγουστος|αύγ|αυγ σεπτεμβρίου|σεπτέμβριος|σεπ|σεπτ οκτωβρίου|οκτώβριος|οκτ νοεμβρίου|νοέμβριος|νοέ|νοε δεκεμβρίου|δεκέμβριος|δεκ
يناير|كانون-الثاني فبراير|شباط مارس|آذار أبريل|ابريل|نيسان مايو|أيار يونيو|يونيه|حزيران يوليو|يوليه|تموز أغسطس|اغسطس|آب سبتمبر|أيلول أكتوبر|اكتوبر|تشرين-الأول نوفمبر|تشرين-الثاني ديسمبر|كانون-الأول
ינואר|בינואר פברואר|בפברואר מרץ|במרץ|מרס אפריל|באפריל מאי|במאי יוני|ביוני יולי|ביולי אוגוסט|באוגוסט ספטמבר|בספטמבר אוקטובר|באוקטובר נובמבר|בנובמבר דצמבר|בדצמבר
januari|jan februari|feb maret|mar april|apr mei juni|jun juli|jul agustus|agu|ags september|sep oktober|okt november|nov desember|des
ژانویه فوریه مارس آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر
जनवरी|जन फ़रवरी|फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर|सितम्बर अक्टूबर|अक्तूबर नवंबर|नवम्बर दिसंबर|दिसम्बर
มกราคม|มค กุมภาพันธ์|กพ มีนาคม|มีค เมษายน|เมย พฤษภาคม|พค มิถุนายน|มิย กรกฎาคม|กค สิงหาคม|สค กันยายน|กย ตุลาคม|ตค พฤศจิกายน|พย ธันวาคม|ธค
"""  # noqa: E501


def _months() -> dict[str, int]:
    names: dict[str, int] = {}
    for language in _MONTHS.strip().splitlines():
        for number, spellings in enumerate(language.split(), start=1):
            for name in spellings.split("|"):
                # The language listed first wins: "lis" is the Polish November, not the Croatian October.
                names.setdefault(name.replace("-", " "), number)
    return names


MONTHS = _months()

# Hours east of Greenwich. RFC 5322 section 4.3 gives the North American ones; of the rest, the bearers with most
# feeds: IST is India's, BST is Britain's, CST stays America's unless the source's own zone calls itself so.
ZONES = {
    "ut": 0.0, "utc": 0.0, "gmt": 0.0, "z": 0.0, "wet": 0.0, "uct": 0.0, "zulu": 0.0,
    "nst": -3.5, "ndt": -2.5, "ast": -4.0, "adt": -3.0, "est": -5.0, "edt": -4.0, "et": -5.0, "cst": -6.0, "cdt": -5.0,
    "ct": -6.0, "mst": -7.0, "mdt": -6.0, "mt": -7.0, "pst": -8.0, "pdt": -7.0, "pt": -8.0, "akst": -9.0, "akdt": -8.0,
    "hst": -10.0, "hast": -10.0, "sst": -11.0,
    "brt": -3.0, "brst": -2.0, "art": -3.0, "clt": -4.0, "clst": -3.0, "cot": -5.0, "pet": -5.0, "vet": -4.0,
    "bst": 1.0, "west": 1.0, "cet": 1.0, "cest": 2.0, "met": 1.0, "mest": 2.0, "mez": 1.0, "mesz": 2.0, "eet": 2.0,
    "eest": 3.0, "msk": 3.0, "msd": 4.0, "trt": 3.0, "sast": 2.0, "cat": 2.0, "wat": 1.0, "eat": 3.0, "idt": 3.0,
    "irst": 3.5, "gst": 4.0, "pkt": 5.0, "ist": 5.5, "npt": 5.75, "bdt": 6.0, "ict": 7.0, "wib": 7.0, "wita": 8.0,
    "wit": 9.0, "hkt": 8.0, "sgt": 8.0, "myt": 8.0, "pht": 8.0, "awst": 8.0, "jst": 9.0, "kst": 9.0, "acst": 9.5,
    "acdt": 10.5, "aest": 10.0, "aedt": 11.0, "nzst": 12.0, "nzdt": 13.0,
}  # fmt: skip

MORNING = ("am", "a.m.", "上午", "午前", "오전", "凌晨", "早上", "清晨", "πμ", "π.μ.", "de.", "ص")
AFTERNOON = ("pm", "p.m.", "下午", "午後", "오후", "晚上", "中午", "傍晚", "μμ", "μ.μ.", "du.", "م")

# Years before the first of a Japanese or Taiwanese era.
ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}
