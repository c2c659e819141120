# One image for the web process, the workers and the migrations. Which it is, the command says:
#   docker run tantieme web | worker | migrate | any other command of manage.py
#
# TORCH_INDEX chooses the build of PyTorch: the address of its own index for CPUs or for a version of
# CUDA. Without it pip's default index is asked, whose build is for CUDA and several gigabytes.

ARG PYTHON=3.11

FROM python:${PYTHON}-slim-bookworm AS build
ARG TORCH_INDEX=
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY constraints.txt ./
RUN pip install ${TORCH_INDEX:+--index-url "${TORCH_INDEX}"} $(grep -E '^torch(audio)?==' constraints.txt)
# The dependencies alone, without the code: they are installed anew only when they change.
COPY pyproject.toml README.md LICENSE ./
RUN pip install --constraint constraints.txt . && pip uninstall --yes pip

FROM python:${PYTHON}-slim-bookworm
RUN useradd --system --uid 10001 --user-group --home-dir /data --shell /usr/sbin/nologin tantieme \
    && install --directory --owner tantieme --group tantieme /data
COPY --from=build /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    TANTIEME_HOME=/data \
    STATIC_ROOT=/app/collected \
    LOG_LEVEL=INFO \
    LOG_FORMAT=json
WORKDIR /app
COPY manage.py ./
COPY accounts ./accounts
COPY attribution ./attribution
COPY catalog ./catalog
COPY common ./common
COPY config ./config
COPY locale ./locale
COPY portal ./portal
COPY royalty ./royalty
COPY static ./static
COPY templates ./templates
# The key signs nothing here; the image holds none.
RUN SECRET_KEY=unused python manage.py collectstatic --no-input --verbosity 0 \
    && python -m compileall -q .

USER tantieme
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-m", "config.entrypoint", "probe"]
ENTRYPOINT ["python", "-m", "config.entrypoint"]
CMD ["web"]
