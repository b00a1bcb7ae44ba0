# Build: docker build -t treaty-bot .
# Run:   docker run --read-only --tmpfs /tmp -v treaty-bot:/data --env-file .env treaty-bot
FROM python:3.11-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY knowledge knowledge
RUN python -m venv --without-pip /opt/venv \
    && pip --python /opt/venv install --no-cache-dir .

FROM python:3.11-slim
COPY --from=build /opt/venv /opt/venv
COPY deploy/healthcheck.py /opt/healthcheck.py
# Only /data is written to at run time; everything else may be read-only.
RUN install -d -o 10001 -g 10001 /data && install -d -m 0700 -o 10001 -g 10001 /opt/cache
WORKDIR /data
VOLUME /data
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DATABASE_PATH=/data/treaty-bot.sqlite3 \
    XDG_CACHE_HOME=/opt/cache \
    WEBHOOK_LISTEN=0.0.0.0
USER 10001:10001
# Caches the index of the knowledge in the image, so that every start is fast and needs less memory.
RUN treaty-bot ask "when does the INF treaty end?"
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "/opt/healthcheck.py"]
ENTRYPOINT ["treaty-bot"]
CMD ["run"]
