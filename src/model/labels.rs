use super::{Label, OrganizationKind, traditional};

/// The values of one enum as users read them: value, simplified Chinese, English.
pub struct EnumLabels {
    /// The enum's name in GraphQL; `Designation` for the designations that the glossary knows.
    pub name: &'static str,
    values: &'static [(&'static str, &'static str, &'static str)],
}

impl EnumLabels {
    /// All enums, in the order of their names.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        LABELS.iter()
    }

    /// The labels of an enum.
    pub fn of(name: &str) -> Option<&'static Self> {
        LABELS.iter().find(|labels| labels.name == name)
    }

    /// Every value with its label, in the order of the enum.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, Label)> {
        self.values.iter().map(|(value, simplified, english)| (*value, label(simplified, english)))
    }

    /// What readers of simplified Chinese read for a value.
    pub fn simplified(&self, value: &str) -> Option<&'static str> {
        self.values.iter().find(|(other, ..)| *other == value).map(|(_, simplified, _)| *simplified)
    }

    /// The label of a value.
    pub fn get(&self, value: &str) -> Option<Label> {
        let found = self.values.iter().find(|(other, ..)| *other == value);
        found.map(|(_, simplified, english)| label(simplified, english))
    }
}

impl OrganizationKind {
    /// How users read it.
    pub fn label(self) -> Label {
        let labels = EnumLabels::of("OrganizationKind").and_then(|labels| labels.get(self.name()));
        labels.unwrap_or_else(|| label(self.name(), self.name()))
    }
}

fn label(simplified: &str, english: &str) -> Label {
    Label {
        simplified: simplified.to_owned(),
        traditional: traditional(simplified),
        english: english.to_owned(),
    }
}

/// The words of the glossary; traditional ones follow from the simplified.
const LABELS: &[EnumLabels] = &[
    EnumLabels {
        name: "ChangeAction",
        values: &[
            ("PUT_ORGANIZATION", "登记组织", "records an organisation"),
            ("REMOVE_ORGANIZATION", "注销组织", "forgets an organisation"),
            ("PUT_RELATION", "登记关系", "records a relation"),
            ("REMOVE_RELATION", "删除关系", "forgets a relation"),
            ("PUT_EXEMPTION", "登记豁免", "records an exemption"),
            ("REMOVE_EXEMPTION", "删除豁免", "forgets an exemption"),
            ("PUT_VALUE", "登记分期数值", "records a dated value"),
            ("REMOVE_VALUE", "删除分期数值", "forgets a dated value"),
            ("PUT_TASK", "登记交办任务", "records a task"),
            ("REMOVE_TASK", "删除交办任务", "forgets a task"),
            ("PUT_INDICATOR", "定义指标", "defines an indicator"),
            ("REMOVE_INDICATOR", "撤销指标", "withdraws an indicator"),
        ],
    },
    EnumLabels {
        name: "Comparison",
        values: &[
            ("EQUAL", "等于", "equal to"),
            ("AT_LEAST", "不少于", "at least"),
            ("MORE_THAN", "多于", "more than"),
            ("AT_MOST", "不多于", "at most"),
            ("LESS_THAN", "少于", "less than"),
        ],
    },
    EnumLabels {
        name: "Counted",
        values: &[
            ("BRANCHES", "新建党支部", "new branches"),
            ("STATIONS", "新建服务站", "new stations"),
            ("RELATIONS", "新增关系", "new relations"),
        ],
    },
    EnumLabels {
        name: "CoverageState",
        values: &[
            ("COVERED", "已覆盖", "covered"),
            ("UNCOVERED", "未覆盖", "uncovered"),
            ("UNKNOWN", "不明", "unknown"),
            ("EXEMPT", "豁免", "exempt"),
        ],
    },
    EnumLabels {
        name: "Designation",
        values: &[
            ("TWO_NEW", "“两新”组织", "“two new” organisation"),
            ("ABOVE_SCALE", "规上", "above designated size"),
            ("LARGE", "大型", "large"),
            ("YELLOW_RIVER_SIDE", "沿黄", "riverside"),
            ("PROPERTY_OWNER", "产权单位", "property owner"),
            ("PROPERTY_MANAGEMENT", "物业", "property manager"),
            ("RED_WORKSHOP", "红色车间", "red workshop"),
            ("RED_PRODUCTION_LINE", "红色生产线", "red production line"),
            ("RED_VANGUARD_TEAM", "红色先锋队", "red vanguard team"),
            ("RED_VANGUARD_POST", "红色先锋岗", "red vanguard post"),
            ("BASE_GRID", "基础网格", "base grid"),
            ("DEDICATED_GRID", "专属网格", "dedicated grid"),
            ("QUASI_COMMUNITY", "类似社区", "quasi-community"),
            ("VILLAGE_TO_COMMUNITY", "村改社区", "village turned community"),
            ("MERGED_VILLAGE", "优调新村", "merged village"),
            ("LAND_TRUST", "土地托管", "land trusteeship"),
            ("RESOURCE_FUSION", "资源融合体", "resource fusion"),
            ("INDUSTRY_AGGREGATION", "产业聚合体", "industry aggregation"),
            ("SHARED_GOVERNANCE", "治理共同体", "shared governance"),
            ("JOINT_MEETING", "联席会议", "joint meeting"),
            ("FOUR_LISTS", "四张清单", "four lists"),
            ("ASSESSMENT", "考核评价", "assessment"),
            ("TWO_WAY_CONSULTATION", "双向沟通协商", "two-way consultation"),
            ("TWO_WAY_ASSESSMENT", "双向考核激励", "two-way assessment"),
            ("TWO_WAY_CADRE_EVALUATION", "双向评价干部", "two-way evaluation of cadres"),
            ("BREAKTHROUGH_PROJECT", "突破项目", "breakthrough project"),
            ("MAIN_LINE", "主线", "main line"),
            ("FOCUS_AREA", "重点领域", "focus area"),
        ],
    },
    EnumLabels {
        name: "DiagramDetail",
        values: &[
            ("KIND", "类别", "kind"),
            ("MEMBERS", "党员人数", "Party members"),
            ("EMPLOYEES", "职工人数", "employees"),
            ("CODE", "代码", "code"),
            ("DATES", "起止日期", "from when to when"),
            ("ID", "标识", "id"),
        ],
    },
    EnumLabels {
        name: "DiagramFlow",
        values: &[("TOP_DOWN", "自上而下", "top-down"), ("LEFT_RIGHT", "自左向右", "left to right")],
    },
    EnumLabels {
        name: "DiagramFormat",
        values: &[
            ("SVG", "矢量图（SVG）", "SVG"),
            ("DOT", "Graphviz 文本", "Graphviz"),
            ("MERMAID", "Mermaid 文本", "Mermaid"),
            ("DRAWIO", "draw.io 文件", "draw.io"),
        ],
    },
    EnumLabels {
        name: "DiagramTheme",
        values: &[("PRINT", "打印配色", "for print"), ("DARK", "深色主题", "dark")],
    },
    EnumLabels {
        name: "DiagramView",
        values: &[
            ("HIERARCHY", "层级图", "hierarchy"),
            ("PARTY", "党组织架构图", "Party organisations"),
            ("MEMBERSHIP", "会员图", "members"),
            ("CHAIN", "产业链图", "industrial chain"),
            ("AFFILIATION", "隶属关系图", "affiliation"),
            ("NEIGHBOURHOOD", "关联图", "neighbourhood"),
            ("COVERAGE", "覆盖图", "coverage"),
        ],
    },
    EnumLabels {
        name: "Direction",
        values: &[
            ("OUT", "由其出发", "starting at it"),
            ("IN", "指向它", "ending at it"),
            ("BOTH", "双向", "either way"),
        ],
    },
    EnumLabels {
        name: "Door",
        values: &[
            ("LIBRARY", "程序调用", "a program"),
            ("COMMAND_LINE", "命令行", "the command line"),
            ("HTTP", "网络接口", "the server"),
        ],
    },
    EnumLabels {
        name: "IndicatorOrigin",
        values: &[
            ("CORE", "核心指标", "core indicator"),
            ("PROGRAMME", "方案指标", "of the programme"),
            ("FILE", "文件定义", "of the store's file"),
            ("RECORDED", "登记定义", "recorded"),
        ],
    },
    EnumLabels {
        name: "Language",
        values: &[
            ("ZH_HANS", "简体中文", "simplified Chinese"),
            ("ZH_HANT", "繁体中文", "traditional Chinese"),
            ("EN", "英文", "English"),
        ],
    },
    EnumLabels {
        name: "Light",
        values: &[
            ("GREEN", "绿灯：达到目标", "green: the target is met"),
            ("YELLOW", "黄灯：接近目标或尚不能判定", "yellow: near the target, or open"),
            ("RED", "红灯：差距较大", "red: far from the target"),
        ],
    },
    EnumLabels {
        name: "Network",
        values: &[
            ("LOOPBACK", "本机", "this machine"),
            ("PRIVATE", "内部网络", "a private network"),
            ("PUBLIC", "其他网络", "another network"),
        ],
    },
    EnumLabels {
        name: "OperatingStatus",
        values: &[
            ("OPERATING", "在营", "operating"),
            ("SUSPENDED", "停业", "suspended"),
            ("CLOSED", "关闭", "closed"),
        ],
    },
    EnumLabels {
        name: "OrderDirection",
        values: &[("ASC", "升序", "ascending"), ("DESC", "降序", "descending")],
    },
    EnumLabels {
        name: "OrganizationCategory",
        values: &[
            ("TERRITORY", "区域", "territory"),
            ("PLACE", "场所", "place"),
            ("UNIT", "单位", "unit"),
            ("PARTY", "党组织", "Party"),
            ("FACILITY", "服务阵地", "facility"),
            ("SECTOR", "行业与产业链", "sector"),
            ("PROGRAMME", "项目与品牌", "programme"),
        ],
    },
    EnumLabels {
        name: "OrganizationGroupKey",
        values: &[
            ("KIND", "类型", "kind"),
            ("CATEGORY", "类别", "category"),
            ("INDUSTRY", "行业", "industry"),
            ("DESIGNATION", "标识", "designation"),
            ("OPERATING_STATUS", "经营状态", "operating status"),
            ("SYNTHETIC", "是否生成数据", "generated or not"),
        ],
    },
    EnumLabels {
        name: "OrganizationKind",
        values: &[
            ("PROVINCE", "省", "province"),
            ("CITY", "市", "city"),
            ("DISTRICT", "区县", "district"),
            ("SUBDISTRICT", "街道（镇）", "subdistrict or town"),
            ("COMMUNITY", "社区", "community"),
            ("VILLAGE", "村", "village"),
            ("GRID", "网格", "grid"),
            ("DEVELOPMENT_ZONE", "开发区", "development zone"),
            ("INDUSTRIAL_PARK", "产业园区", "industrial park"),
            ("INDUSTRIAL_COMMUNITY", "工业社区", "industrial community"),
            ("OFFICE_BUILDING", "商务楼宇", "office building"),
            ("BUSINESS_DISTRICT", "商圈", "business district"),
            ("MARKET", "市场", "market"),
            ("SCENIC_AREA", "景区", "scenic area"),
            ("PARK", "公园", "park"),
            ("RESIDENTIAL_COMPOUND", "住宅小区", "residential compound"),
            ("STREET_BLOCK", "街区", "street block"),
            ("DEMONSTRATION_AREA", "示范片区", "demonstration area"),
            ("ENTERPRISE", "企业", "enterprise"),
            ("WORKSHOP", "车间", "workshop"),
            ("WORK_TEAM", "班组", "work team"),
            ("COOPERATIVE", "合作社", "cooperative"),
            ("SOCIAL_ORGANIZATION", "社会组织", "social organisation"),
            ("INDUSTRY_ASSOCIATION", "行业协会", "industry association"),
            ("CHAMBER_OF_COMMERCE", "商会", "chamber of commerce"),
            ("PUBLIC_INSTITUTION", "事业单位", "public institution"),
            ("GOVERNMENT_DEPARTMENT", "政府部门", "government department"),
            ("JOINT_BODY", "融合体、聚合体、共同体", "joint body"),
            ("PARTY_WORKING_COMMITTEE", "党工委", "Party working committee"),
            ("PARTY_COMMITTEE", "党委", "Party committee"),
            ("INDUSTRY_PARTY_COMMITTEE", "行业党委", "industry Party committee"),
            ("JOINT_PARTY_COMMITTEE", "联合党委", "joint Party committee"),
            ("GRAND_PARTY_COMMITTEE", "“大党委”", "grand Party committee"),
            ("PARTY_GENERAL_BRANCH", "党总支", "general Party branch"),
            ("PARTY_BRANCH", "党支部", "Party branch"),
            ("PARTY_GROUP", "党小组", "Party group"),
            ("PARTY_BUILDING_CONSORTIUM", "党建联合体", "Party-building consortium"),
            ("PARTY_BUILDING_ALLIANCE", "党建联盟", "Party-building alliance"),
            ("PARTY_BUILDING_COMPLEX", "党建综合体", "Party-building complex"),
            ("SERVICE_CENTER", "党群服务中心", "Party–public service centre"),
            ("SERVICE_STATION", "党群服务站", "Party–public service station"),
            ("COURIER_STATION", "红蜂加油站", "Red Bee station"),
            ("REST_STOP", "暖蜂驿站", "Warm Bee stop"),
            ("INDUSTRY", "行业", "industry"),
            ("INDUSTRIAL_CHAIN", "产业链", "industrial chain"),
            ("INITIATIVE", "行动", "initiative"),
            ("PROJECT", "项目", "project"),
            ("BRAND", "品牌", "brand"),
        ],
    },
    EnumLabels {
        name: "OrganizationOrderField",
        values: &[
            ("ID", "编号", "id"),
            ("NAME", "名称", "name"),
            ("KIND", "类型", "kind"),
            ("ESTABLISHED_ON", "成立日期", "established on"),
            ("DISSOLVED_ON", "撤销日期", "dissolved on"),
            ("PARTY_MEMBERS", "党员数", "Party members"),
            ("FULL_MEMBERS", "正式党员数", "full Party members"),
            ("EMPLOYEES", "从业人数", "people employed"),
            ("FLOOR_AREA_M2", "面积（平方米）", "floor area in square metres"),
            ("ANNUAL_INCOME_CNY", "年收入（元）", "income of a year in yuan"),
        ],
    },
    EnumLabels {
        name: "OverlapCell",
        values: &[
            ("BOTH", "两项均覆盖", "both"),
            ("ONE_ONLY", "仅前项覆盖", "the one only"),
            ("OTHER_ONLY", "仅后项覆盖", "the other only"),
            ("NEITHER", "两项均未覆盖", "neither"),
            ("UNKNOWN", "情况不明", "unknown"),
            ("EXEMPT", "豁免", "exempt"),
        ],
    },
    EnumLabels {
        name: "Quantifier",
        values: &[
            ("SOME", "至少一个", "one or more"),
            ("EVERY", "每一个", "every one"),
            ("NONE", "没有", "none"),
            ("AT_LEAST", "不少于", "at least"),
            ("AT_MOST", "不多于", "at most"),
        ],
    },
    EnumLabels {
        name: "RelationGroupKey",
        values: &[
            ("TYPE", "关系类型", "type"),
            ("MODE", "方式", "mode"),
            ("SOURCE_KIND", "起点类型", "kind of the source"),
            ("TARGET_KIND", "终点类型", "kind of the target"),
        ],
    },
    EnumLabels {
        name: "RelationMode",
        values: &[
            ("TERRITORIAL", "属地隶属", "territorial"),
            ("INDUSTRY", "行业隶属", "by industry"),
            ("STANDALONE", "单独组建", "own"),
            ("JOINT", "联合组建", "joint"),
            ("REGIONAL", "区域联建", "regional"),
            ("ATTACHED", "挂靠组建", "attached"),
            ("CO_BUILDING", "结对共建", "building together"),
        ],
    },
    EnumLabels {
        name: "RelationType",
        values: &[
            ("PART_OF", "隶属于上级", "part of"),
            ("LOCATED_IN", "坐落于", "located in"),
            ("SUBORDINATE_TO", "隶属", "subordinate to"),
            ("ORGANIZES", "组建于", "organises"),
            ("INSTRUCTS", "选派指导员", "instructs"),
            ("MEMBER_OF", "成员", "member of"),
            ("LEADS", "引领", "leads"),
            ("OPERATES_IN", "所属行业", "operates in"),
            ("IN_CHAIN", "所属产业链", "in the chain"),
            ("MANAGED_BY", "属地管理", "managed by"),
            ("GUIDED_BY", "行业指导", "guided by"),
            ("SERVES", "服务", "serves"),
            ("CHAIRS", "轮值主席", "chairs"),
            ("JOINS_LOCALITY", "融入驻地", "joins the locality"),
            ("RESPONSIBLE_FOR", "责任单位", "responsible for"),
            ("PARTNERS_WITH", "共建", "partners with"),
        ],
    },
    EnumLabels {
        name: "RemedyKind",
        values: &[
            ("OWN_BRANCH", "单独组建党支部", "a branch of its own"),
            ("EXISTING_JOINT_BRANCH", "加入已有联合党支部", "join an existing joint branch"),
            ("NEW_JOINT_BRANCH", "新建联合党支部", "a new joint branch"),
            ("NEW_STATION", "新建服务站", "a new station"),
            ("EXISTING_ORGANIZATION", "由已有组织承担", "an existing organisation"),
            ("NEW_ORGANIZATION", "新建组织", "a new organisation"),
            ("RECORD_VALUE", "补录数据", "record a value"),
        ],
    },
    EnumLabels {
        name: "SearchField",
        values: &[
            ("NAME", "名称", "name"),
            ("NAME_HANT", "繁体名称", "traditional name"),
            ("NAME_EN", "英文名称", "English name"),
            ("ALIAS", "别名", "other name"),
            ("DIVISION", "区划代码", "division code"),
            ("CREDIT_CODE", "统一社会信用代码", "credit code"),
            ("ID", "编号", "id"),
        ],
    },
    EnumLabels {
        name: "SearchMatch",
        values: &[
            ("EXACT", "完全一致", "the whole"),
            ("PREFIX", "开头一致", "the beginning"),
            ("SUBSTRING", "部分一致", "a part"),
            ("PINYIN", "拼音一致", "the whole in pinyin"),
            ("PINYIN_PREFIX", "拼音开头一致", "the beginning in pinyin"),
            ("PINYIN_SUBSTRING", "拼音部分一致", "a part in pinyin"),
            ("INITIALS", "拼音首字母一致", "the whole by initials"),
            ("INITIALS_PREFIX", "拼音首字母开头一致", "the beginning by initials"),
            ("INITIALS_SUBSTRING", "拼音首字母部分一致", "a part by initials"),
        ],
    },
    EnumLabels {
        name: "TaskState",
        values: &[
            ("TO_HAND_OVER", "待交办", "to hand over"),
            ("HANDED_OVER", "已交办", "handed over"),
            ("RECTIFYING", "整改中", "rectifying"),
            ("RECTIFIED", "已整改", "rectified"),
            ("CLOSED", "已销号", "closed"),
        ],
    },
    EnumLabels {
        name: "UnplannedReason",
        values: &[
            ("UNKNOWN_STATE", "覆盖情况不明", "state unknown"),
            ("UNKNOWN_MEMBERS", "党员数不明", "members unknown"),
            ("SUPPRESSED_MEMBERS", "党员数不公开", "members suppressed"),
            ("UNKNOWN_PLACE", "所在地不明", "place unknown"),
            ("TOO_FEW_MEMBERS", "党员不足", "too few members"),
            ("NONE_NEAR", "附近没有可用组织", "none near by"),
            ("NO_RULE", "没有默认规则", "no default rule"),
        ],
    },
];
