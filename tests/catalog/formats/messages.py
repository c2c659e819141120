"""A small ERN 4 message, written after the published element names, that tests can spoil."""

PARTIES = {
    "P1": ("The Lamplighters", "<ISNI>000000012281955X</ISNI>"),
    "P2": ("Greta Gast", ""),
    "P3": ("Ada Adams", "<IpiNameNumber>00014107338</IpiNameNumber>"),
    "P4": ("Ben Brown", ""),
    "P5": ("Harbour Records", "<DPID>PADPIDA2014120301L</DPID>"),
    "P6": ("Second Label", ""),
    "P7": ("Song House", ""),
    "P8": ("Fiddle Fay", ""),
    "P9": ("Pixel Pete", ""),
}
CONTRIBUTORS = (
    ("P3", "Composer"),
    ("P4", "Lyricist"),
    ("P8", "StudioMusician"),
    ("P9", "Photographer"),
)
CONTROLLERS = (("P5", "60.00"), ("P6", "40.0"))


def party(reference: str, name: str, ids: str) -> str:
    return (
        f"<Party><PartyReference>{reference}</PartyReference>"
        f"<PartyName><FullName>{name}</FullName></PartyName>"
        f"{f'<PartyId>{ids}</PartyId>' if ids else ''}</Party>"
    )


def recording(number: int, *, isrc: str = "", in_edition: bool = True, extra: str = "") -> str:
    identifier = f"<ResourceId><ISRC>{isrc or f'DEAB0260000{number}'}</ISRC></ResourceId>"
    file = f"<File><URI>resources/{number}.flac</URI></File>"
    if in_edition:  # 4.3
        own = (
            f"<SoundRecordingEdition><Type>ImmersiveEdition</Type>"
            f"<ResourceId><ISRC>DEZZ02600009</ISRC></ResourceId></SoundRecordingEdition>"
            f"<SoundRecordingEdition><Type>NonImmersiveEdition</Type>{identifier}"
            f"<TechnicalDetails><DeliveryFile>{file}</DeliveryFile></TechnicalDetails>"
            f"</SoundRecordingEdition>"
        )
    else:  # 4.1.1 and 4.2
        own = (
            f"{identifier}<TechnicalDetails><IsPreview>true</IsPreview>"
            f"<File><URI>clips/{number}.mp3</URI></File></TechnicalDetails>"
            f"<TechnicalDetails>{file}</TechnicalDetails>"
        )
    credits = "".join(
        f"<Contributor><ContributorPartyReference>{reference}</ContributorPartyReference>"
        f"<Role>{role}</Role></Contributor>"
        for reference, role in CONTRIBUTORS
    )
    controllers = "".join(
        f"<ResourceRightsController><RightsControllerPartyReference>{reference}"
        "</RightsControllerPartyReference><RightsControlType>RightsController</RightsControlType>"
        f"<RightSharePercentage>{share}</RightSharePercentage></ResourceRightsController>"
        for reference, share in CONTROLLERS
    )
    return (
        f"<SoundRecording><ResourceReference>A{number}</ResourceReference>"
        f"<Type>MusicalWorkSoundRecording</Type>{own}"
        f"<WorkId><ISWC>T0345246801</ISWC></WorkId>"
        f"<DisplayTitleText>Ignored {number}</DisplayTitleText>"
        f"<DisplayTitle LanguageAndScriptCode='fr'><TitleText>Chanson {number}</TitleText>"
        f"</DisplayTitle><DisplayTitle IsDefault='true'><TitleText>Song {number}</TitleText>"
        f"<SubTitle>Live</SubTitle></DisplayTitle>"
        f"<DisplayArtistName>The Lamplighters feat. Greta Gast</DisplayArtistName>"
        f"<DisplayArtist><ArtistPartyReference>P1</ArtistPartyReference>"
        f"<DisplayArtistRole>MainArtist</DisplayArtistRole></DisplayArtist>"
        f"<DisplayArtist><ArtistPartyReference>P2</ArtistPartyReference>"
        f"<DisplayArtistRole>FeaturedArtist</DisplayArtistRole></DisplayArtist>"
        f"{credits}{controllers}"
        f"<WorkRightsController><RightsControllerPartyReference>P7"
        f"</RightsControllerPartyReference></WorkRightsController>"
        f"<FirstPublicationDate>2026-0{number}-01</FirstPublicationDate>"
        f"<LanguageOfPerformance>en</LanguageOfPerformance>{extra}</SoundRecording>"
    )


def release(*references: str) -> str:
    items = "".join(
        f"<ResourceGroupContentItem><ReleaseResourceReference>{reference}"
        "</ReleaseResourceReference></ResourceGroupContentItem>"
        for reference in references
    )
    return (
        "<ReleaseList><Release><ReleaseReference>R0</ReleaseReference>"
        "<ReleaseId><ICPN>4006381333931</ICPN></ReleaseId>"
        "<DisplayTitle><TitleText>Night Songs</TitleText></DisplayTitle>"
        "<ReleaseLabelReference>P5</ReleaseLabelReference>"
        "<OriginalReleaseDate>2026-05-01</OriginalReleaseDate>"
        "<Genre><GenreText>Folk</GenreText></Genre>"
        f"<ResourceGroup>{items}</ResourceGroup></Release>"
        "<TrackRelease><ReleaseReference>R1</ReleaseReference>"
        "<DisplayTitle><TitleText>A single track</TitleText></DisplayTitle>"
        f"<ReleaseResourceReference>{references[0]}</ReleaseResourceReference>"
        "</TrackRelease></ReleaseList>"
    )


def message(*recordings: str, version: str = "43", before: str = "", name: str = "") -> bytes:
    """A NewReleaseMessage with these recordings."""
    tag = f"ern:{name or 'NewReleaseMessage'}"
    parties = "".join(party(reference, *said) for reference, said in PARTIES.items())
    listed = recordings or (recording(1), recording(2))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}'
        f'<{tag} xmlns:ern="http://ddex.net/xml/ern/{version}">'
        "<MessageHeader><MessageId>M1</MessageId><MessageSender>"
        "<PartyId>PADPIDA2014120301L</PartyId></MessageSender></MessageHeader>"
        f"<PartyList>{parties}</PartyList><ResourceList>{''.join(listed)}</ResourceList>"
        f"{release('A1', 'A2')}</{tag}>"
    ).encode()
