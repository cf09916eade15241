# One image for both sites and the workers; the command chooses which.
FROM debian:13.2-slim AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY requirements.txt pyproject.toml requirements.in ./
RUN python3 -m venv .venv && .venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt
COPY docflow docflow
COPY workers workers
COPY migrations migrations
RUN .venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation -e . \
    && .venv/bin/python -m docflow.web.catalogues compile \
    && .venv/bin/docflow assets build

FROM debian:13.2-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 tesseract-ocr tesseract-ocr-fra \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --create-home docflow \
    && mkdir /data /shared && chown docflow /data /shared
WORKDIR /app
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 DOCFLOW_HOME=/data DOCFLOW_HOST=0.0.0.0 DOCFLOW_LOG_FORMAT=json
USER docflow
VOLUME /data
EXPOSE 8000 8001
CMD ["docflow", "serve"]
