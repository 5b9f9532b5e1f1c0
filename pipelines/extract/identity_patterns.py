"""How reports print who they are: titles, index blocks, opening sentences, periods and dates."""

import re

_YEAR = r"(?P<year>20[0-4]\d)年?+度?+"  # what it took it keeps: `年政府` is no body
_OPEN_GOVERNMENT = r"(?:政府)?(?:信息|资讯|政务)公开(?:工作)?"
_REPORT = rf"{_OPEN_GOVERNMENT}(?:年度|总结|情况)?(?:的)?(?:工作)?(?:年度)?(?:总结)?(?:情况)?(?:的)?(?:报告|年报|$)"
_NAME = r"(?P<name>[一-鿿]{2,30}?)(?:\([一-鿿、]{2,40}\)|[、·][一-鿿]{2,30}?)?"
_DONE = "发布|公布|公开|报送|上报|呈报|印发|转发|更正|更新|修订|修改|撤回|重发"  # what a notice does with a report
_NOTICE = rf"关于(?:重新|再次|补充|对)?(?:{_DONE})?"
_PASSED_ON = rf"(?:[一-鿿]{{2,30}}关于(?:重新|再次|补充)?(?:{_DONE}))?"  # one body hands another's report on
_MARK = r"(?:[\[(][一-鿿]{2,6}[\])])?"  # what stands before a title: [公示]
_START = rf"^(?:#*|\|?(?:标题|信息名称|文件名称|名称):\|?){_MARK}{_PASSED_ON}(?:{_NOTICE})?[《\"(]?"
_ABOUT = rf"(?:{_NOTICE}(?:做好|全[省市州县区])?|(?:重新)?(?:发布|公布|报送|上报|印发))?"
TITLES = (
    re.compile(rf"{_START}{_NAME}{_ABOUT}{_YEAR}{_REPORT}"),
    re.compile(rf"{_START}{_YEAR}{_NAME}{_ABOUT}{_REPORT}"),
    re.compile(rf"{_START}{_NAME}{_REPORT}\(?{_YEAR}\)?"),
    re.compile(rf"{_START}{_NAME}{_ABOUT}{_OPEN_GOVERNMENT}{_YEAR}(?:工作)?(?:年度)?(?:工作)?(?:报告|年报|总结)"),
)
OWN_LEVEL = re.compile(r"本级(?:机关|政府)?|\([一-鿿]{0,8}本级(?:机关|政府)?\)")
STATED_TITLE = re.compile(rf"(?:编制了|现将|公布){_NAME}{_YEAR}{_REPORT}")
BARE_TITLE = re.compile(rf"{_START}{_YEAR}{_REPORT}")
ANY_TITLE = re.compile(rf"{_YEAR}{_REPORT.replace('|$', '')}")
OTHER_DOCUMENT = re.compile(  # what stands before the title of the article before or behind, or of a related one
    r"\W*(?:[上下前后][一1]?[篇条则]|相关(?:链接|阅读|文章|信息|文档|新闻|内容)|延伸阅读|推荐阅读)\W*"
)
SECTION = re.compile(r"^#*一、")
INTRODUCTION = re.compile(
    r"(?:《(?:中华人民共和国)?政府信息公开条例》|本(?:年度)?报告).*[,，。;]"
)  # a sentence, no title
INDEX_TITLE = re.compile(r"^\|?(?:标题|信息名称|文件名称|名称):")
FILE_TITLE = re.compile(rf"(?:^|[\d_\-. ]){_NAME}{_YEAR}{_REPORT.replace('|$', '')}")
PUBLISHER = re.compile(
    r"(?:发布单位|发布机构|发布部门|发文机关|发文机构|责任部门|公开主体|公开单位|信息来源|来源):\|?"
    r"(?P<name>[一-鿿]{3,30})(?![一-鿿])"
)
_BODY_END = (
    r"(?:人民政府(?:办公厅|办公室)?|政府(?:办公厅|办公室)?|行政公署|管委会|管理委员会|委员会|发改委|局|厅|办公室)"
)
_NO_TITLE = rf"(?!信息公开|资讯公开|{_ABOUT}{_REPORT.replace('|$', '')})"  # a title is no sentence
OPENING = re.compile(rf"(?:^|\||总体情况){_YEAR}[,，]?(?P<name>[一-鿿]{{1,24}}?{_BODY_END}){_NO_TITLE}")
SUBJECT = re.compile(rf"^(?P<name>[一-鿿]{{2,24}}?{_BODY_END})(?=按照|根据|依据|依照|遵照|严格|认真)")
CONTACT = re.compile(rf"(?:请与|由)(?P<name>[一-鿿]{{2,24}}?{_BODY_END})(?:办公室|联系|编制)")
NOT_A_NAME = re.compile(r"^(?:我|本|各|该|为|在|按|根据|依据|随着|围绕|全|上级|有关|其他|政府$|[一-鿿]*关于)")
_DAYS = r"(?:1月1日|一月一日)(?:起|开始)?[,，]?(?:至|到|-|—|~)?(?:(?P<end>20[0-4]\d)年)?(?:12月31日|十二月三十一日)"
PERIOD = re.compile(rf"(?P<year>20[0-4]\d)年{_DAYS}")
_TO_ITS_END = rf"[一-鿿]{{1,12}}?{_REPORT}[^,，。;；]*$"  # a title, whose line holds no sentence
FIRST_SENTENCE = re.compile(
    r"(?:^|\||总体情况)[(（]?(?P<year>20[0-4]\d)年"
    rf"(?:度?政府(?=信息公开[^,，。;；|]*[,，])|度[,，我]|[,，我]|全(?!{_TO_ITS_END})[^,，]{{0,3}}|[一-鿿]{{2,12}}(?:坚持|认真|严格|深入))"
)
ANY_YEAR = re.compile(r"(?:^|[^\d])(?P<year>20[0-4]\d)年(?:度|,|，|全年|我|全)")
PUBLISHED = re.compile(
    r"(?:公开日期|发布日期|发布时间|成文日期|生成日期|公布日期|时间):\|?"
    r"(?P<year>20\d\d)[-年./](?P<month>\d{1,2})[-月./](?P<day>\d{1,2})"
)
DATE_LINE = re.compile(r"^\(?(?P<year>20\d\d)年(?P<month>\d{1,2})月(?P<day>\d{1,2})日\)?$")
URL = re.compile(r"https?://[^\s|]+")
URL_DATE = re.compile(r"/t(?P<year>20\d\d)(?P<month>[01]\d)(?P<day>[0-3]\d)_")
FILE_YEAR = re.compile(r"(?<!\d)(?P<year>20[0-4]\d)(?!\d)(?!-\d)")
