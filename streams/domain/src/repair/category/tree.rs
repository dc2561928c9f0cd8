//! The tree of categories: Apple Podcasts' names, our slugs, Arabic names of the nineteen at the top.

/// A category at the top of the tree.
pub(super) struct Top {
    pub(super) slug: &'static str,
    pub(super) english: &'static str,
    pub(super) arabic: &'static str,
    /// Slug and English name of what is under it.
    pub(super) subs: &'static [(&'static str, &'static str)],
}

const fn top(
    slug: &'static str,
    english: &'static str,
    arabic: &'static str,
    subs: &'static [(&'static str, &'static str)],
) -> Top {
    Top {
        slug,
        english,
        arabic,
        subs,
    }
}

pub(super) const TOPS: [Top; 19] = [
    top(
        "arts",
        "Arts",
        "الفنون",
        &[
            ("arts/books", "Books"),
            ("arts/design", "Design"),
            ("arts/fashion-beauty", "Fashion & Beauty"),
            ("arts/food", "Food"),
            ("arts/performing-arts", "Performing Arts"),
            ("arts/visual-arts", "Visual Arts"),
        ],
    ),
    top(
        "business",
        "Business",
        "الأعمال",
        &[
            ("business/careers", "Careers"),
            ("business/entrepreneurship", "Entrepreneurship"),
            ("business/investing", "Investing"),
            ("business/management", "Management"),
            ("business/marketing", "Marketing"),
            ("business/non-profit", "Non-Profit"),
        ],
    ),
    top(
        "comedy",
        "Comedy",
        "الكوميديا",
        &[
            ("comedy/comedy-interviews", "Comedy Interviews"),
            ("comedy/improv", "Improv"),
            ("comedy/stand-up", "Stand-Up"),
        ],
    ),
    top(
        "education",
        "Education",
        "التعليم",
        &[
            ("education/courses", "Courses"),
            ("education/how-to", "How To"),
            ("education/language-learning", "Language Learning"),
            ("education/self-improvement", "Self-Improvement"),
        ],
    ),
    top(
        "fiction",
        "Fiction",
        "الخيال والروايات",
        &[
            ("fiction/comedy-fiction", "Comedy Fiction"),
            ("fiction/drama", "Drama"),
            ("fiction/science-fiction", "Science Fiction"),
        ],
    ),
    top("government", "Government", "الحكومة", &[]),
    top(
        "health-fitness",
        "Health & Fitness",
        "الصحة واللياقة",
        &[
            ("health-fitness/alternative-health", "Alternative Health"),
            ("health-fitness/fitness", "Fitness"),
            ("health-fitness/medicine", "Medicine"),
            ("health-fitness/mental-health", "Mental Health"),
            ("health-fitness/nutrition", "Nutrition"),
            ("health-fitness/sexuality", "Sexuality"),
        ],
    ),
    top("history", "History", "التاريخ", &[]),
    top(
        "kids-family",
        "Kids & Family",
        "الأطفال والعائلة",
        &[
            ("kids-family/education-for-kids", "Education for Kids"),
            ("kids-family/parenting", "Parenting"),
            ("kids-family/pets-animals", "Pets & Animals"),
            ("kids-family/stories-for-kids", "Stories for Kids"),
        ],
    ),
    top(
        "leisure",
        "Leisure",
        "الترفيه والهوايات",
        &[
            ("leisure/animation-manga", "Animation & Manga"),
            ("leisure/automotive", "Automotive"),
            ("leisure/aviation", "Aviation"),
            ("leisure/crafts", "Crafts"),
            ("leisure/games", "Games"),
            ("leisure/hobbies", "Hobbies"),
            ("leisure/home-garden", "Home & Garden"),
            ("leisure/video-games", "Video Games"),
        ],
    ),
    top(
        "music",
        "Music",
        "الموسيقى",
        &[
            ("music/music-commentary", "Music Commentary"),
            ("music/music-history", "Music History"),
            ("music/music-interviews", "Music Interviews"),
        ],
    ),
    top(
        "news",
        "News",
        "الأخبار",
        &[
            ("news/business-news", "Business News"),
            ("news/daily-news", "Daily News"),
            ("news/entertainment-news", "Entertainment News"),
            ("news/news-commentary", "News Commentary"),
            ("news/politics", "Politics"),
            ("news/sports-news", "Sports News"),
            ("news/tech-news", "Tech News"),
        ],
    ),
    top(
        "religion-spirituality",
        "Religion & Spirituality",
        "الدين والروحانيات",
        &[
            ("religion-spirituality/buddhism", "Buddhism"),
            ("religion-spirituality/christianity", "Christianity"),
            ("religion-spirituality/hinduism", "Hinduism"),
            ("religion-spirituality/islam", "Islam"),
            ("religion-spirituality/judaism", "Judaism"),
            ("religion-spirituality/religion", "Religion"),
            ("religion-spirituality/spirituality", "Spirituality"),
        ],
    ),
    top(
        "science",
        "Science",
        "العلوم",
        &[
            ("science/astronomy", "Astronomy"),
            ("science/chemistry", "Chemistry"),
            ("science/earth-sciences", "Earth Sciences"),
            ("science/life-sciences", "Life Sciences"),
            ("science/mathematics", "Mathematics"),
            ("science/natural-sciences", "Natural Sciences"),
            ("science/nature", "Nature"),
            ("science/physics", "Physics"),
            ("science/social-sciences", "Social Sciences"),
        ],
    ),
    top(
        "society-culture",
        "Society & Culture",
        "المجتمع والثقافة",
        &[
            ("society-culture/documentary", "Documentary"),
            ("society-culture/personal-journals", "Personal Journals"),
            ("society-culture/philosophy", "Philosophy"),
            ("society-culture/places-travel", "Places & Travel"),
            ("society-culture/relationships", "Relationships"),
        ],
    ),
    top(
        "sports",
        "Sports",
        "الرياضة",
        &[
            ("sports/baseball", "Baseball"),
            ("sports/basketball", "Basketball"),
            ("sports/cricket", "Cricket"),
            ("sports/fantasy-sports", "Fantasy Sports"),
            ("sports/football", "Football"),
            ("sports/golf", "Golf"),
            ("sports/hockey", "Hockey"),
            ("sports/rugby", "Rugby"),
            ("sports/running", "Running"),
            ("sports/soccer", "Soccer"),
            ("sports/swimming", "Swimming"),
            ("sports/tennis", "Tennis"),
            ("sports/volleyball", "Volleyball"),
            ("sports/wilderness", "Wilderness"),
            ("sports/wrestling", "Wrestling"),
        ],
    ),
    top("technology", "Technology", "التكنولوجيا", &[]),
    top("true-crime", "True Crime", "الجرائم الحقيقية", &[]),
    top(
        "tv-film",
        "TV & Film",
        "التلفزيون والأفلام",
        &[
            ("tv-film/after-shows", "After Shows"),
            ("tv-film/film-history", "Film History"),
            ("tv-film/film-interviews", "Film Interviews"),
            ("tv-film/film-reviews", "Film Reviews"),
            ("tv-film/tv-reviews", "TV Reviews"),
        ],
    ),
];
