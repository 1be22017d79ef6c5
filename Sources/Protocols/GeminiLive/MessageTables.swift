/// The messages a client may send, field by field, as tables.
///
/// Names are those of the wire (Live API reference, "BidiGenerateContent", and the newer fields of
/// the vendors' SDKs). A line that is indented goes on. `[X]` repeats, `map` and `any` are not
/// looked into, and a word that is neither a kind nor a message is an enum.
enum MessageTables {
  static let messages = """
    ClientMessage = setup:Setup clientContent:ClientContent realtimeInput:RealtimeInput
      toolResponse:ClientToolResponse contextUpdate:ContextUpdate
    Setup = model:string generationConfig:GenerationConfig systemInstruction:Content tools:[Tool]
      sessionResumption:SessionResumptionConfig
      contextWindowCompression:ContextWindowCompressionConfig
      inputAudioTranscription:AudioTranscriptionConfig
      outputAudioTranscription:AudioTranscriptionConfig proactivity:ProactivityConfig
      explicitVadSignal:boolean historyConfig:HistoryConfig avatarConfig:any
      safetySettings:[SafetySetting] labels:map realtimeInputConfig:RealtimeInputConfig
    ClientContent = turns:[Content] turnComplete:boolean
    RealtimeInput = mediaChunks:[Blob] audio:Blob audioStreamEnd:boolean video:Blob text:string
      activityStart:ActivityStart activityEnd:ActivityEnd
    ClientToolResponse = functionResponses:[FunctionResponse]
    ContextUpdate = systemInstruction:Content tools:ContextUpdateTools
    GenerationConfig = modelSelectionConfig:any responseJsonSchema:any audioTimestamp:boolean
      candidateCount:int32 enableAffectiveDialog:boolean frequencyPenalty:number
      logprobs:int32 maxOutputTokens:int32 mediaResolution:MediaResolution
      presencePenalty:number responseLogprobs:boolean responseMimeType:string
      responseModalities:[Modality] responseSchema:any routingConfig:any seed:int32
      speechConfig:SpeechConfig stopSequences:[string] temperature:number
      thinkingConfig:ThinkingConfig topK:int32 topP:number enableEnhancedCivicAnswers:boolean
      responseFormat:[any] translationConfig:TranslationConfig
      audioTranscriptionConfig:AudioTranscriptionConfig
    Content = parts:[Part] role:string
    Tool = retrieval:any computerUse:any fileSearch:any googleSearch:any googleMaps:any
      codeExecution:ToolCodeExecution enterpriseWebSearch:any
      functionDeclarations:[FunctionDeclaration] googleSearchRetrieval:any parallelAiSearch:any
      urlContext:UrlContext mcpServers:[any] exaAiSearch:any
    SessionResumptionConfig = handle:string transparent:boolean
    ContextWindowCompressionConfig = triggerTokens:int64 slidingWindow:SlidingWindow
    AudioTranscriptionConfig = languageCodes:[string] languageAuto:LanguageAuto
      languageHints:LanguageHints customVocabulary:[string] adaptationPhrases:[string]
      wordTimestamp:boolean diarization:boolean mode:AudioTranscriptionConfigMode
      sourceText:string
    ProactivityConfig = proactiveAudio:boolean proactiveVideo:boolean
    HistoryConfig = initialHistoryInClientContent:boolean
    SafetySetting = category:string method:string threshold:string
    RealtimeInputConfig = automaticActivityDetection:AutomaticActivityDetection
      activityHandling:ActivityHandling turnCoverage:TurnCoverage
      interimTranscriptTimestampEnabled:boolean
    Blob = data:bytes displayName:string mimeType:string
    ActivityStart =
    ActivityEnd =
    FunctionResponse = willContinue:boolean scheduling:FunctionResponseScheduling
      parts:[FunctionResponsePart] id:string name:string response:map
    ContextUpdateTools = tools:[Tool]
    SpeechConfig = voiceConfig:VoiceConfig languageCode:string multiSpeakerVoiceConfig:any
    ThinkingConfig = includeThoughts:boolean thinkingBudget:int32 thinkingLevel:ThinkingLevel
    TranslationConfig = echoTargetLanguage:boolean targetLanguageCode:string
    Part = mediaResolution:PartMediaResolution codeExecutionResult:CodeExecutionResult
      executableCode:ExecutableCode fileData:FileData functionCall:FunctionCall
      functionResponse:FunctionResponse inlineData:Blob text:string thought:boolean
      thoughtSignature:bytes videoMetadata:VideoMetadata toolCall:ToolCall
      toolResponse:ToolResponse partMetadata:map audioTranscription:Transcription
      mediaProcessing:string speechMetadata:SpeechMetadata documentMetadata:DocumentMetadata
      spreadsheetMetadata:SpreadsheetMetadata audioMetadata:AudioMetadata
    ToolCodeExecution =
    FunctionDeclaration = description:string name:string parameters:any parametersJsonSchema:any
      response:any responseJsonSchema:any behavior:Behavior
    UrlContext =
    SlidingWindow = targetTokens:int64
    LanguageAuto =
    LanguageHints = languageCodes:[string]
    AutomaticActivityDetection = disabled:boolean startOfSpeechSensitivity:StartSensitivity
      endOfSpeechSensitivity:EndSensitivity prefixPaddingMs:int32 silenceDurationMs:int32
    FunctionResponsePart = inlineData:FunctionResponseBlob fileData:FunctionResponseFileData
      mediaProcessing:string mediaResolution:PartMediaResolution videoMetadata:VideoMetadata
      documentMetadata:DocumentMetadata spreadsheetMetadata:SpreadsheetMetadata
      audioMetadata:AudioMetadata
    VoiceConfig = replicatedVoiceConfig:ReplicatedVoiceConfig
      prebuiltVoiceConfig:PrebuiltVoiceConfig voice:string
    PartMediaResolution = level:string numTokens:int32
    CodeExecutionResult = outcome:string output:string id:string
    ExecutableCode = code:string language:string id:string
    FileData = displayName:string fileUri:string mimeType:string
    FunctionCall = id:string args:map name:string partialArgs:[PartialArg] willContinue:boolean
    VideoMetadata = endOffset:duration fps:number startOffset:duration contentLayers:[string]
    ToolCall = id:string toolType:string args:map
    ToolResponse = id:string toolType:string response:map
    Transcription = text:string finished:boolean languageCode:string speakerLabel:string
      words:[WordInfo] startOffset:duration endOffset:duration
    SpeechMetadata = speaker:string style:string
    DocumentMetadata = startPage:int32 endPage:int32 contentLayers:[string]
    SpreadsheetMetadata = visibleCells:string sheetIndex:int32 contentLayers:[string]
    AudioMetadata = startOffset:string endOffset:string
    FunctionResponseBlob = mimeType:string data:bytes displayName:string
    FunctionResponseFileData = fileUri:string mimeType:string displayName:string
    ReplicatedVoiceConfig = mimeType:string voiceSampleAudio:bytes consentAudio:bytes
      voiceConsentSignature:VoiceConsentSignature
    PrebuiltVoiceConfig = voiceName:string
    PartialArg = boolValue:boolean jsonPath:string nullValue:string numberValue:number
      stringValue:string willContinue:boolean
    WordInfo = word:string startOffset:duration endOffset:duration
    VoiceConsentSignature = signature:string
    AuthToken = uses:int32 expireTime:string newSessionExpireTime:string
      bidiGenerateContentSetup:Setup fieldMask:string
    MusicMessage = setup:MusicSetup clientContent:MusicContent
      musicGenerationConfig:MusicConfig playbackControl:PlaybackControl
    MusicSetup = model:string
    MusicContent = weightedPrompts:[WeightedPrompt]
    WeightedPrompt = text:string weight:number
    MusicConfig = temperature:number topK:int32 seed:int32 guidance:number bpm:int32
      density:number brightness:number scale:Scale muteBass:boolean muteDrums:boolean
      onlyBassAndDrums:boolean musicGenerationMode:MusicGenerationMode
    """

  static let enums = """
    ActivityHandling = ACTIVITY_HANDLING_UNSPECIFIED START_OF_ACTIVITY_INTERRUPTS NO_INTERRUPTION
    AudioTranscriptionConfigMode = MODE_UNSPECIFIED VERBATIM SMART
    Behavior = UNSPECIFIED BLOCKING NON_BLOCKING
    EndSensitivity = END_SENSITIVITY_UNSPECIFIED END_SENSITIVITY_HIGH END_SENSITIVITY_LOW
    FunctionResponseScheduling = SCHEDULING_UNSPECIFIED SILENT WHEN_IDLE INTERRUPT
    MediaResolution = MEDIA_RESOLUTION_UNSPECIFIED MEDIA_RESOLUTION_LOW MEDIA_RESOLUTION_MEDIUM
      MEDIA_RESOLUTION_HIGH
    Modality = MODALITY_UNSPECIFIED TEXT IMAGE AUDIO VIDEO
    StartSensitivity = START_SENSITIVITY_UNSPECIFIED START_SENSITIVITY_HIGH START_SENSITIVITY_LOW
    ThinkingLevel = THINKING_LEVEL_UNSPECIFIED MINIMAL LOW MEDIUM HIGH XHIGH
    TurnCoverage = TURN_COVERAGE_UNSPECIFIED TURN_INCLUDES_ONLY_ACTIVITY TURN_INCLUDES_ALL_INPUT
      TURN_INCLUDES_AUDIO_ACTIVITY_AND_ALL_VIDEO
    PlaybackControl = PLAYBACK_CONTROL_UNSPECIFIED PLAY PAUSE STOP RESET_CONTEXT
    MusicGenerationMode = MUSIC_GENERATION_MODE_UNSPECIFIED QUALITY DIVERSITY VOCALIZATION
    Scale = SCALE_UNSPECIFIED C_MAJOR_A_MINOR D_FLAT_MAJOR_B_FLAT_MINOR D_MAJOR_B_MINOR
      E_FLAT_MAJOR_C_MINOR E_MAJOR_D_FLAT_MINOR F_MAJOR_D_MINOR G_FLAT_MAJOR_E_FLAT_MINOR
      G_MAJOR_E_MINOR A_FLAT_MAJOR_F_MINOR A_MAJOR_G_FLAT_MINOR B_FLAT_MAJOR_G_MINOR
      B_MAJOR_A_FLAT_MINOR
    """
}
