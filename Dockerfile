# make docker-build, or docker build -t keystone-lua-engine .
# docker run -p 8081:8081 -v $(pwd)/scripts:/app/scripts keystone-lua-engine

# Newer ones: docker pull python:3.12-slim says the digest.
ARG BASE_NAME=docker.io/library/python:3.12-slim
ARG BASE_DIGEST=sha256:78387bc3881b8273120a12ebe6c1ab22b018ccc2c9adf565ae1ac9b536e184ea

FROM ${BASE_NAME}@${BASE_DIGEST} AS build
WORKDIR /src
COPY requirements/image.txt ./
RUN python -m venv /app/venv && \
    /app/venv/bin/pip install --no-cache-dir --require-hashes --no-deps --only-binary :all: --requirement image.txt
COPY pyproject.toml setup.py README.md LICENSE ./
COPY keystone_lua keystone_lua
# What runs needs no installer: a shell's worth of code less for whoever gets in.
RUN /app/venv/bin/pip install --no-cache-dir --no-index --no-deps --no-build-isolation . && \
    /app/venv/bin/pip uninstall --yes --quiet setuptools && \
    /app/venv/bin/pip check && \
    /app/venv/bin/pip uninstall --yes --quiet pip

FROM ${BASE_NAME}@${BASE_DIGEST}
WORKDIR /app
COPY --from=build /app/venv /app/venv
COPY scripts scripts
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PATH=/app/venv/bin:$PATH
USER 65534:65534
EXPOSE 8081
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=5s CMD ["keystone-lua", "health"]
ENTRYPOINT ["lua-engine"]
CMD ["-addr", ":8081", "-scripts", "/app/scripts"]

ARG BASE_NAME
ARG BASE_DIGEST
ARG VERSION=0.2.0.dev0
ARG REVISION=""
ARG CREATED=""
ARG SOURCE=""
LABEL org.opencontainers.image.title="Keystone Lua Engine" \
      org.opencontainers.image.description="Routing decisions by sandboxed Lua scripts" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.base.name="${BASE_NAME}" \
      org.opencontainers.image.base.digest="${BASE_DIGEST}"
