# One image for every Airflow component of docker-compose.yml.
FROM python:3.11-slim

RUN useradd --uid 10001 --create-home anchor && mkdir -p /srv/anchor-spend /var/lib/anchor-spend/reports \
    && chown -R anchor /srv/anchor-spend /var/lib/anchor-spend
WORKDIR /srv/anchor-spend
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes --requirement requirements.lock
COPY --chown=anchor . .
RUN pip install --no-cache-dir --no-deps --no-build-isolation --editable .

ARG REVISION=unknown
ENV ANCHOR_SPEND_REVISION=$REVISION \
    ANCHOR_SPEND_HOME=/var/lib/anchor-spend \
    PYTHONUNBUFFERED=1
USER anchor
RUN python -m anchor_spend.resolution
