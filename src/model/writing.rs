use std::collections::HashMap;
use std::sync::LazyLock;

/// The characters of the basic plane that may have a simplified form.
const IDEOGRAPHS: std::ops::RangeInclusive<char> = '\u{3400}'..='\u{9fff}';

/// The simplified form of each of [`IDEOGRAPHS`].
static SIMPLIFIED: LazyLock<Vec<char>> = LazyLock::new(|| IDEOGRAPHS.map(convert).collect());

/// The characters whose simplified form is another one, by that one.
static UNSIMPLIFIED: LazyLock<HashMap<char, Vec<char>>> = LazyLock::new(|| {
    let mut forms = HashMap::<_, Vec<_>>::new();
    for (character, form) in IDEOGRAPHS.zip(SIMPLIFIED.iter()).filter(|(c, form)| c != *form) {
        forms.entry(*form).or_default().push(character);
    }
    forms
});

/// The simplified form of a character by itself; other characters are their own.
///
/// Without a look at its neighbours a form may be the wrong one to read (乾 in 乾隆 becomes 干), yet both
/// writings of a name always become the same: what texts are compared by, not what is shown.
pub fn simplified(character: char) -> char {
    match (u32::from(character)).checked_sub(u32::from(*IDEOGRAPHS.start())) {
        Some(at) if character <= *IDEOGRAPHS.end() => SIMPLIFIED[at as usize],
        Some(_) if character >= '\u{20000}' => convert(character),
        _ => character,
    }
}

/// The other characters that have a simplified form in common with it.
pub fn other_writings(simplified: char) -> &'static [char] {
    UNSIMPLIFIED.get(&simplified).map_or(&[], Vec::as_slice)
}

/// A simplified text in traditional characters, by whole words where these decide (皇后, 以後).
///
/// The forms are those that Taiwan writes, which readers elsewhere know.
pub fn traditional(simplified: &str) -> String {
    hanconv::s2tw(simplified)
}

/// Rarer forms, each with the one that its traditional character leads to.
const RARER: [(char, char); 22] = [
    ('㓰', '划'),
    ('㳽', '弥'),
    ('䌽', '彩'),
    ('䙓', '摆'),
    ('䦆', '镢'),
    ('䩄', '腼'),
    ('侭', '尽'),
    ('昵', '暱'),
    ('渖', '沈'),
    ('稆', '穞'),
    ('縆', '緪'),
    ('缐', '线'),
    ('讬', '托'),
    ('谘', '咨'),
    ('钜', '巨'),
    ('锺', '钟'),
    ('镟', '旋'),
    ('颚', '腭'),
    ('馀', '余'),
    ('鲶', '鲇'),
    ('麹', '曲'),
    ('麺', '面'),
];

/// Forms that neither China, Taiwan nor Hong Kong writes, mostly of Japan, each followed by the simplified one.
const FOREIGN: &str = "\
    乗乘亜亚仏佛仮假伝传価价倹俭児儿兎兔両两剰剩剣剑剤剂労劳勲勋勧劝巻卷呉吴呪咒唖哑単单噛啮厳严圏圈囲围円圆図图団团増增圧压塁垒壊坏壌壤壱壹奨奖粧妆嬢娘実实寛宽専专対对巌岩巣巢帯带廃废広广\
    庁厅弾弹従从徴征徳德恵惠悪恶悩恼応应懐怀戦战戯戏戸户戻戾払拂抜拔拝拜挿插掲揭掻搔揺摇捜搜択择撃击拠据拡扩摂摄撹搅収收効效勅敕晩晚曁暨暦历暁晓曽曾桝枡桟栈楡榆栄荣楽乐様样検检桜樱権权歓欢\
    歩步歳岁歴历帰归毎每気气汚污渉涉涙泪浄净渇渴渓溪満满溌泼渋涩沢泽済济滝泷瀬濑焔焰焼烧営营犠牺猟猎獣兽畳叠痺痹痩瘦発发皐皋砕碎稲稻穂穗穏稳穣穰竃灶粋粹経经縁缘県县縦纵総总繍绣縄绳絵绘繋系\
    継继続续繊纤聡聪聴听粛肃脳脑臓脏挙举舎舍茘荔荘庄薫薰蔵藏薬药処处蛍萤蝋蜡覚觉覧览観观訳译読读変变譲让豊丰弐贰売卖頼赖賛赞軽轻輌辆転转逓递遅迟辺边郷乡酔醉醤酱醗酦醸酿釈释舗铺銭钱錬炼鉄铁\
    鋳铸鉱矿関关陥陷険险隠隐雑杂鶏鸡覇霸霊灵顕显騒骚駆驱験验駅驿髄髓髪发闘斗鼈鳖鴎鸥鹸碱塩盐麺面麹曲黒黑黙默斉齐斎斋歯齿齢龄竜龙亀龟氷冰";

/// [`FOREIGN`], by the foreign form.
static BY_FOREIGN: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let (mut characters, mut forms) = (FOREIGN.chars(), HashMap::new());
    while let (Some(foreign), Some(form)) = (characters.next(), characters.next()) {
        forms.insert(foreign, form);
    }
    forms
});

/// The simplified form of a character, whichever region's form it is.
fn convert(character: char) -> char {
    let mut form = character;
    // A form of one region may lead to one of another: no chain is longer.
    for _ in 0..3 {
        let mut buffer = [0; 4];
        let text: &str = form.encode_utf8(&mut buffer);
        let converted = hanconv::t2s(hanconv::hk2t(hanconv::tw2t(text)));
        let mut characters = converted.chars();
        match (characters.next(), characters.next()) {
            (Some(next), None) if next != form => form = next,
            _ => break,
        }
    }
    form = BY_FOREIGN.get(&form).copied().unwrap_or(form);
    RARER.iter().find(|(rarer, _)| *rarer == form).map_or(form, |(_, kept)| *kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn each(text: &str) -> String {
        text.chars().map(simplified).collect()
    }

    #[test]
    fn the_words_of_the_glossary_are_converted_as_it_has_them() {
        let glossary = [
            ("产业协会", "產業協會"),
            ("工业社区", "工業社區"),
            ("红色车间", "紅色車間"),
            ("商会党组织", "商會黨組織"),
            ("快递物流、外卖行业党委", "快遞物流、外賣行業黨委"),
            ("党建联合体", "黨建聯合體"),
            ("资源融合体", "資源融合體"),
            ("党群服务中心", "黨群服務中心"),
            ("红蜂行动", "紅蜂行動"),
            ("网格", "網格"),
            ("产业链", "產業鏈"),
            ("属地隶属", "屬地隸屬"),
            ("单独组建", "單獨組建"),
            ("轮值主席", "輪值主席"),
            ("联席会议", "聯席會議"),
            ("村改社区", "村改社區"),
            ("组织覆盖", "組織覆蓋"),
            ("皇后", "皇后"),
            ("以后", "以後"),
            ("公里", "公里"),
            ("乡里", "鄉里"),
            ("干部", "幹部"),
            ("干燥", "乾燥"),
        ];
        for (written, expected) in glossary {
            assert_eq!(traditional(written), expected);
            assert_eq!(each(expected), each(written), "{written}");
        }
    }

    #[test]
    fn forms_of_other_regions_become_simplified() {
        for (written, expected) in
            [("戸籍", "户籍"), ("済南県", "济南县"), ("黒竜江", "黑龙江"), ("広場", "广场")]
        {
            assert_eq!(each(written), each(expected), "{written}");
        }
        assert_eq!(BY_FOREIGN.len() * 2, FOREIGN.chars().count());
    }

    #[test]
    fn every_writing_of_a_character_has_one_simplified_form() {
        let forms = |c: char| {
            let text = c.to_string();
            [
                hanconv::s2t(&text),
                hanconv::s2tw(&text),
                hanconv::s2hk(&text),
                hanconv::t2tw(&text),
                hanconv::t2hk(&text),
            ]
        };
        let mut wrong = Vec::new();
        for character in IDEOGRAPHS {
            assert_eq!(simplified(simplified(character)), simplified(character), "{character}");
            for form in forms(character).iter().filter(|form| each(form) != simplified(character).to_string())
            {
                wrong.push(format!("{character}{form}{}", each(form)));
            }
        }
        assert_eq!(wrong, Vec::<String>::new());
    }
}
