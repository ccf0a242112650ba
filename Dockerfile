# docker build -t keystone-lua-engine .
# docker run -p 8081:8081 -v $(pwd)/scripts:/app/scripts keystone-lua-engine

FROM python:3.12-slim AS build
WORKDIR /src
COPY pyproject.toml setup.py README.md LICENSE ./
COPY keystone_lua keystone_lua
# What runs needs no installer: a shell's worth of code less for whoever gets in.
RUN python -m venv /app/venv && \
    /app/venv/bin/pip install --no-cache-dir '.[server,gateway]' && \
    /app/venv/bin/pip uninstall --yes --quiet setuptools pip

FROM python:3.12-slim
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
