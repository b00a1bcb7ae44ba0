"""Messages in other languages are recognised; English ones, even with foreign names, are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.english import everyday_messages
from bot.language.foreign import ENGLISH_ONLY, english_only

LINES = {
    "Ich verstehe nur Englisch.": [
        "Wann endet der Vertrag?", "Warum haben die USA den Vertrag verlassen?", "Warum?", "Danke",
    ],
    "Je ne comprends que l'anglais.": [
        "Quand le traité prend-il fin ?", "Qui a accusé la Russie ?", "pourquoi", "Comment ça va ?",
    ],
    "Solo entiendo inglés.": ["¿Cuándo termina el tratado?", "¿Quién acusó a Rusia?", "hola"],
    "Capisco solo l'inglese.": ["Quando finisce il trattato?", "Chi ha accusato la Russia?"],
    "Só entendo inglês.": ["Quando termina o tratado?", "Por que os EUA deixaram o tratado?"],
    "Rozumiem tylko po angielsku.": ["Kiedy kończy się traktat?", "Kto oskarżył Rosję?"],
    "Yalnızca İngilizce anlıyorum.": ["Anlaşma ne zaman bitiyor?", "ABD neden çekildi?"],
    "Ik begrijp alleen Engels.": ["Wanneer eindigt het verdrag?"],
    "Saya hanya mengerti bahasa Inggris.": ["Kapan perjanjian itu berakhir?"],
    "Я понимаю только по-английски.": ["Когда закончится договор?", "почему?", "Что такое РСМД"],
    "Я розумію лише англійську.": ["Коли закінчується договір?", "Привіт"],
    "أفهم الإنجليزية فقط.": ["متى تنتهي المعاهدة؟"],
    "من فقط انگلیسی می‌فهمم.": ["پیمان چه زمانی پایان می‌یابد؟"],
    "میں صرف انگریزی سمجھتا ہوں۔": ["معاہدہ کب ختم ہوتا ہے؟ روس نے کیوں چھوڑا"],
    "אני מבין רק אנגלית.": ["מתי מסתיים ההסכם?"],
    "Καταλαβαίνω μόνο αγγλικά.": ["Πότε λήγει η συνθήκη;"],
    "मैं केवल अंग्रेज़ी समझता हूँ।": ["संधि कब समाप्त होती है?"],
    "我只懂英语。": ["条约什么时候结束？", "條約何時結束"],
    "英語しかわかりません。": ["条約はいつ終わりますか？"],
    "저는 영어만 이해합니다.": ["조약은 언제 끝나나요?"],
    "": ["สนธิสัญญาสิ้นสุดเมื่อไหร่", "ხელშეკრულება როდის მთავრდება"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("line", "text"), [(line, text) for line, texts in LINES.items() for text in texts]
)
def test_a_message_gets_a_line_in_its_language_and_in_english(line: str, text: str) -> None:
    """In English alone, if the script is known to be foreign but not which language it is."""
    assert english_only(text) == f"{line} {ENGLISH_ONLY}".strip()


@pytest.mark.parametrize(
    "text",
    [
        "when did Москва refuse", "what does the word перемирие mean", "who is Herr von der Heide",
        "does São Paulo host the summit", "Los Angeles weather", "Rio de la Plata", "el chapo",
        "c'est la vie", "Erdoğan and Macron", "café?", "what about the 9М729", "lol", "hmm", "INF",
        "zxqv foo bar", "", "?!", "\N{PARTY POPPER}", "123", "a", "w/o y/n", "die was in so come",
        "comment on the un accord", "e u me do no a o", "must come back in complaiance", "\ud83d",
    ],
)  # fmt: skip
def test_english_and_what_is_no_language_get_none(text: str) -> None:
    """Names, single words and chat spelling do not make a message foreign."""
    assert english_only(text) is None


def test_no_everyday_message_is_taken_for_another_language() -> None:
    """Seven hundred messages about anything."""
    assert [text for text in everyday_messages() if english_only(text)] == []


@given(st.text())
def test_any_text_can_be_looked_at(text: str) -> None:
    """The result is a line or nothing."""
    found = english_only(text)
    assert found is None or found.endswith(ENGLISH_ONLY)
